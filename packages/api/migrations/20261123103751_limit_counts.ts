import { Migration } from '@mikro-orm/migrations'

export class Migration20261123103751 extends Migration {
  override up(): void {
    this.addSql(
      `create table "limit_count" ("key" varchar(255) collate "C" not null, "points" int not null default 0, "expire" bigint null, primary key ("key"))`,
    )
    this.addSql(`create index "limit_count_expire_index" on "limit_count" ("expire")`)
  }
}
