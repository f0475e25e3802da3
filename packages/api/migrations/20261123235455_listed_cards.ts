import { Migration } from '@mikro-orm/migrations'

export class Migration20261123235455 extends Migration {
  override up(): void {
    this.addSql(`alter table "listed_price" add "compare_at_amount" bigint null, add "variant_count" int null`)
  }
}
