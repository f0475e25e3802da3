import { Migration } from '@mikro-orm/migrations'

export class Migration20261123105858 extends Migration {
  override up(): void {
    this.addSql(
      `create table "totp" ("user_id" varchar(64) collate "C" not null, "sealed" varchar(255) not null, "confirmed_at" timestamptz(3) null, "last_step" bigint not null default '0', "failures" int not null default 0, "failed_at" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("user_id"))`,
    )
    this.addSql(
      `create table "recovery_code" ("id" varchar(64) collate "C" not null, "user_id" varchar(64) collate "C" not null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "recovery_code_user_id_index" on "recovery_code" ("user_id")`)
    this.addSql(
      `create table "login_challenge" ("id" varchar(64) collate "C" not null, "user_id" varchar(64) collate "C" not null, "epoch" int not null, "expires_at" timestamptz(3) not null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(
      `create index "login_challenge_user_id_created_at_index" on "login_challenge" ("user_id", "created_at")`,
    )
    this.addSql(
      `alter table "totp" add constraint "totp_user_fk" foreign key ("user_id") references "user" ("id") on update cascade on delete restrict`,
    )
    this.addSql(
      `alter table "recovery_code" add constraint "recovery_code_user_fk" foreign key ("user_id") references "user" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "login_challenge" add constraint "login_challenge_user_fk" foreign key ("user_id") references "user" ("id") on delete restrict`,
    )
  }
}
