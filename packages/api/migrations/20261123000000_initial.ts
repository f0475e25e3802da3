import { Migration } from '@mikro-orm/migrations'

/** The whole first schema. */
export class Migration20261123000000 extends Migration {
  override up(): void {
    this.addSql(`create extension if not exists pg_trgm`)
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
      `create table "product" ("id" varchar(64) collate "C" not null, "slug" varchar(255) collate "C" not null, "title" varchar(255) collate "und-x-icu" not null, "description" text not null, "vendor" varchar(255) null, "type" varchar(255) null, "status" text not null, "options" jsonb not null, "images" jsonb not null, "attributes" jsonb not null, "tags" jsonb not null, "seo_title" varchar(255) null, "seo_description" varchar(1000) null, "created_at" timestamptz(3) not null default now(), "updated_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "product" add constraint "product_slug_unique" unique ("slug")`)
    this.addSql(`create index product_active_newest on product (id) where status = 'active'`)
    this.addSql(`create index product_active_title on product (title, id) where status = 'active'`)
    this.addSql(`create index product_title_words on product using gin (title gin_trgm_ops)`)
    this.addSql(`create index product_attributes on product using gin (attributes jsonb_path_ops)`)
    this.addSql(
      `alter table "product" add constraint "product_status_check" check ("status" in ('draft', 'active', 'archived'))`,
    )
    this.addSql(
      `create table "listed_price" ("product_id" varchar(64) collate "C" not null, "currency" varchar(3) not null, "min_amount" bigint not null, "max_amount" bigint not null, primary key ("product_id", "currency"))`,
    )
    this.addSql(`create index "listed_price_order" on "listed_price" ("currency", "min_amount", "product_id")`)
    this.addSql(
      `create table "product_category" ("product_id" varchar(64) collate "C" not null, "category_id" varchar(64) collate "C" not null, primary key ("product_id", "category_id"))`,
    )
    this.addSql(`create index "product_category_category_product" on "product_category" ("category_id", "product_id")`)
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
      `create table "variant" ("id" varchar(64) collate "C" not null, "product_id" varchar(64) collate "C" not null, "sku" varchar(100) collate "C" null, "barcode" varchar(100) null, "title" text not null, "options" jsonb not null, "option_key" varchar(64) collate "C" not null, "status" text not null, "weight_grams" int not null, "requires_shipping" boolean not null, "taxable" boolean not null, "position" int not null, "image_url" text null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "variant" add constraint "variant_sku_unique" unique ("sku")`)
    this.addSql(`create index "variant_product_position" on "variant" ("product_id", "position", "id")`)
    this.addSql(`alter table "variant" add constraint "variant_options_unique" unique ("product_id", "option_key")`)
    this.addSql(`alter table "variant" add constraint "variant_weight" check (weight_grams >= 0)`)
    this.addSql(`alter table "variant" add constraint "variant_position" check (position >= 0)`)
    this.addSql(
      `alter table "variant" add constraint "variant_status_check" check ("status" in ('active', 'archived'))`,
    )
    this.addSql(
      `create table "variant_price" ("variant_id" varchar(64) collate "C" not null, "currency" varchar(3) not null, "amount" bigint not null, "compare_at_amount" bigint null, primary key ("variant_id", "currency"))`,
    )
    this.addSql(`alter table "variant_price" add constraint "variant_price_amount" check (amount >= 0)`)
    this.addSql(`alter table "variant_price" add constraint "variant_price_compare_at" check (compare_at_amount >= 0)`)
    this.addSql(
      `alter table "category" add constraint "category_parent_fk" foreign key ("parent_id") references "category" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "listed_price" add constraint "listed_price_product_fk" foreign key ("product_id") references "product" ("id") on delete cascade`,
    )
    this.addSql(
      `alter table "product_category" add constraint "product_category_product_fk" foreign key ("product_id") references "product" ("id") on update cascade on delete cascade`,
    )
    this.addSql(
      `alter table "product_category" add constraint "product_category_category_fk" foreign key ("category_id") references "category" ("id") on update cascade on delete restrict`,
    )
    this.addSql(
      `alter table "variant" add constraint "variant_product_fk" foreign key ("product_id") references "product" ("id") on delete cascade`,
    )
    this.addSql(
      `alter table "variant_price" add constraint "variant_price_variant_fk" foreign key ("variant_id") references "variant" ("id") on delete cascade`,
    )
  }
}
