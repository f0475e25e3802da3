import { Migration } from '@mikro-orm/migrations'

export class Migration20261123112800 extends Migration {
  override up(): void {
    this.addSql(`alter table "outbox_event" add "traceparent" varchar(55) collate "C" null`)
    this.addSql(`alter table "schedule_run" add "ended_at" timestamptz(3) null, add "found" int null`)
  }
}
