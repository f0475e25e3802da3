import { Migration } from '@mikro-orm/migrations'

export class Migration20261123142020 extends Migration {
  override up(): void {
    this.addSql(`create index payment_attempt_promised on payment_attempt (asked_at) where status = 'authorised'`)
  }
}
