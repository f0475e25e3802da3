import { Migration } from '@mikro-orm/migrations'

/** The whole first schema. */
export class Migration20261123000000 extends Migration {
  override up(): void {
    this.addSql(
      `create table "audit_entry" ("id" varchar(64) collate "C" not null, "at" timestamptz(3) not null default now(), "actor" varchar(255) not null, "actor_kind" varchar(16) not null, "action" varchar(100) not null, "subject" varchar(100) not null, "request_id" varchar(64) not null, "before" jsonb null, "after" jsonb null, primary key ("id"))`,
    )
    this.addSql(`create index "audit_entry_subject_id_index" on "audit_entry" ("subject", "id")`)
    this.addSql(`create index "audit_entry_actor_id_index" on "audit_entry" ("actor", "id")`)
    this.addSql(
      `create table "category" ("id" varchar(64) collate "C" not null, "slug" varchar(255) collate "C" not null, "name" varchar(200) not null, "parent_id" varchar(64) collate "C" null, "position" int not null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "category" add constraint "category_slug_unique" unique ("slug")`)
    this.addSql(`alter table "category" add constraint "category_not_own_parent" check (parent_id <> id)`)
    this.addSql(
      `create table "event_sequence" ("key" varchar(64) collate "C" not null, "value" bigint not null, primary key ("key"))`,
    )
    this.addSql(
      `create table "idempotency_key" ("principal" varchar(100) collate "C" not null, "procedure" varchar(100) collate "C" not null, "key" varchar(255) collate "C" not null, "request_hash" varchar(64) not null, "answer" jsonb null, "created_at" timestamptz(3) not null default now(), primary key ("principal", "procedure", "key"))`,
    )
    this.addSql(`create index "idempotency_key_created_at_index" on "idempotency_key" ("created_at")`)
    this.addSql(
      `create table "inbox_entry" ("consumer" varchar(64) collate "C" not null, "event_id" varchar(64) collate "C" not null, "consumed_at" timestamptz(3) not null default now(), primary key ("consumer", "event_id"))`,
    )
    this.addSql(
      `create table "outbox_event" ("id" varchar(64) collate "C" not null, "name" varchar(100) not null, "version" smallint not null, "key" varchar(64) collate "C" not null, "sequence" bigint not null, "payload" jsonb not null, "occurred_at" timestamptz(3) not null default now(), "sent_at" timestamptz(3) null, primary key ("id"))`,
    )
    this.addSql(`create index outbox_event_unsent on outbox_event (id) where sent_at is null`)
    this.addSql(
      `alter table "outbox_event" add constraint "outbox_event_key_sequence_unique" unique ("key", "sequence")`,
    )
    this.addSql(
      `create table "test_payment" ("attempt_id" varchar(64) collate "C" not null, "status" text not null, "amount" bigint not null, "currency" varchar(3) not null, "refunded" bigint not null default '0', "silent_until" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("attempt_id"))`,
    )
    this.addSql(
      `alter table "test_payment" add constraint "test_payment_refunded" check (refunded >= 0 and refunded <= amount)`,
    )
    this.addSql(
      `alter table "test_payment" add constraint "test_payment_status_check" check ("status" in ('authorised', 'captured', 'voided', 'declined', 'needs_action'))`,
    )
    this.addSql(
      `create table "test_refund" ("refund_id" varchar(64) collate "C" not null, "attempt_id" varchar(64) collate "C" not null, "amount" bigint not null, "created_at" timestamptz(3) not null default now(), primary key ("refund_id"))`,
    )
    this.addSql(
      `alter table "category" add constraint "category_parent_fk" foreign key ("parent_id") references "category" ("id") on delete restrict`,
    )
  }
}
