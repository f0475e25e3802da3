import { Migration } from '@mikro-orm/migrations'

export class Migration20261124042802 extends Migration {
  override up(): void {
    this.addSql(`create index variant_active on variant (product_id) where status = 'active'`)
  }
}
