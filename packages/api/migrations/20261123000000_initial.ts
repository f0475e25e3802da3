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
    this.addSql(`create index "category_parent" on "category" ("parent_id")`)
    this.addSql(`alter table "category" add constraint "category_not_own_parent" check (parent_id <> id)`)
    this.addSql(
      `create table "event_consumer" ("name" varchar(64) collate "C" not null, "events" text[] not null, "replayable" boolean not null, "replays" int not null default 0, primary key ("name"))`,
    )
    this.addSql(
      `create table "event_sequence" ("key" varchar(64) collate "C" not null, "value" bigint not null, primary key ("key"))`,
    )
    this.addSql(
      `create table "idempotency_key" ("principal" varchar(100) collate "C" not null, "procedure" varchar(100) collate "C" not null, "key" varchar(255) collate "C" not null, "request_hash" varchar(64) not null, "answer" jsonb null, "created_at" timestamptz(3) not null default now(), primary key ("principal", "procedure", "key"))`,
    )
    this.addSql(`create index "idempotency_key_created_at_index" on "idempotency_key" ("created_at")`)
    this.addSql(
      `create table "inbox_entry" ("consumer" varchar(64) collate "C" not null, "event_id" varchar(64) collate "C" not null, "replay" int not null default 0, "key" varchar(64) collate "C" not null, "sequence" bigint not null, "status" text not null default 'waiting', "attempts" smallint not null default 0, "redrives" smallint not null default 0, "queued_at" timestamptz(3) not null default now(), "due_at" timestamptz(3) not null default now(), "error" varchar(2000) null, "consumed_at" timestamptz(3) null, primary key ("consumer", "event_id", "replay"))`,
    )
    this.addSql(
      `create index inbox_entry_open on inbox_entry (consumer, key, sequence, replay) where status in ('waiting', 'working')`,
    )
    this.addSql(`create index inbox_entry_due on inbox_entry (consumer, due_at) where status in ('waiting', 'working')`)
    this.addSql(`create index inbox_entry_dead on inbox_entry (event_id, consumer, replay) where status = 'dead'`)
    this.addSql(`create unique index inbox_entry_working on inbox_entry (consumer, key) where status = 'working'`)
    this.addSql(
      `alter table "inbox_entry" add constraint "inbox_entry_status_check" check ("status" in ('waiting', 'working', 'done', 'dead'))`,
    )
    this.addSql(
      `create table "outbox_event" ("id" varchar(64) collate "C" not null, "name" varchar(100) not null, "version" smallint not null, "key" varchar(64) collate "C" not null, "sequence" bigint not null, "payload" jsonb not null, "occurred_at" timestamptz(3) not null default now(), "sent_at" timestamptz(3) null, primary key ("id"))`,
    )
    this.addSql(`create index "outbox_event_name_id_index" on "outbox_event" ("name", "id")`)
    this.addSql(`create index outbox_event_unsent on outbox_event (id) where sent_at is null`)
    this.addSql(
      `alter table "outbox_event" add constraint "outbox_event_key_sequence_unique" unique ("key", "sequence")`,
    )
    this.addSql(
      `create table "payment_attempt" ("id" varchar(64) collate "C" not null, "order_id" varchar(64) collate "C" not null, "number" smallint not null, "provider" varchar(32) not null, "status" text not null, "wanted" boolean not null, "amount" bigint not null, "currency" varchar(3) not null, "refunded" bigint not null, "method" varchar(255) not null, "reference" varchar(255) null, "code" varchar(100) null, "client_action" jsonb null, "asked_at" timestamptz(3) not null default now(), "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create unique index payment_attempt_wanted_unique on payment_attempt (order_id) where wanted`)
    this.addSql(
      `create index payment_attempt_open on payment_attempt (asked_at) where status in ('pending', 'needs_action')`,
    )
    this.addSql(
      `alter table "payment_attempt" add constraint "payment_attempt_number_unique" unique ("order_id", "number")`,
    )
    this.addSql(`alter table "payment_attempt" add constraint "payment_attempt_amount" check (amount >= 0)`)
    this.addSql(
      `alter table "payment_attempt" add constraint "payment_attempt_refunded" check (refunded >= 0 and refunded <= amount)`,
    )
    this.addSql(
      `alter table "payment_attempt" add constraint "payment_attempt_status_check" check ("status" in ('pending', 'needs_action', 'authorised', 'captured', 'declined', 'voided'))`,
    )
    this.addSql(
      `create table "payment_notice" ("id" varchar(255) collate "C" not null, "attempt_id" varchar(64) collate "C" not null, "refund_id" varchar(64) collate "C" null, "reference" varchar(255) null, "tries" smallint not null default 0, "tried_at" timestamptz(3) not null default now(), "heeded_at" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "payment_notice_created_at_index" on "payment_notice" ("created_at")`)
    this.addSql(`create index payment_notice_open on payment_notice (tried_at) where heeded_at is null`)
    this.addSql(
      `create table "product" ("id" varchar(64) collate "C" not null, "slug" varchar(255) collate "C" not null, "title" varchar(255) collate "und-x-icu" not null, "description" text not null, "vendor" varchar(255) null, "type" varchar(255) null, "status" text not null, "options" jsonb not null, "images" jsonb not null, "attributes" jsonb not null, "tags" jsonb not null, "seo_title" varchar(255) null, "seo_description" varchar(1000) null, "created_at" timestamptz(3) not null default now(), "updated_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "product" add constraint "product_slug_unique" unique ("slug")`)
    this.addSql(`create index "product_status" on "product" ("status", "id")`)
    this.addSql(`create index product_active_title on product (title, id) where status = 'active'`)
    this.addSql(`create index product_title_words on product using gin (title gin_trgm_ops)`)
    this.addSql(`create index product_attributes on product using gin (attributes jsonb_path_ops)`)
    this.addSql(
      `alter table "product" add constraint "product_status_check" check ("status" in ('draft', 'active', 'archived'))`,
    )
    this.addSql(
      `create table "listed_price" ("product_id" varchar(64) collate "C" not null, "currency" varchar(3) not null, "min_amount" bigint not null, "max_amount" bigint not null, primary key ("product_id", "currency"))`,
    )
    this.addSql(`create index "listed_price_newest" on "listed_price" ("currency", "product_id")`)
    this.addSql(`create index "listed_price_lowest" on "listed_price" ("currency", "min_amount", "product_id")`)
    this.addSql(
      `create table "product_category" ("product_id" varchar(64) collate "C" not null, "category_id" varchar(64) collate "C" not null, primary key ("product_id", "category_id"))`,
    )
    this.addSql(`create index "product_category_category_product" on "product_category" ("category_id", "product_id")`)
    this.addSql(
      `create table "refund" ("id" varchar(64) collate "C" not null, "order_id" varchar(64) collate "C" not null, "attempt_id" varchar(64) collate "C" not null, "amount" bigint not null, "currency" varchar(3) not null, "status" text not null, "reference" varchar(255) null, "code" varchar(100) null, "asked_at" timestamptz(3) not null default now(), "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "refund_order_id_id_index" on "refund" ("order_id", "id")`)
    this.addSql(`create index refund_open on refund (asked_at) where status = 'requested'`)
    this.addSql(`alter table "refund" add constraint "refund_amount" check (amount > 0)`)
    this.addSql(
      `alter table "refund" add constraint "refund_status_check" check ("status" in ('requested', 'refunded', 'refused'))`,
    )
    this.addSql(
      `create table "schedule_run" ("name" varchar(64) collate "C" not null, "began_at" timestamptz(3) not null, primary key ("name"))`,
    )
    this.addSql(
      `create table "shipping_method" ("id" varchar(64) collate "C" not null, "name" varchar(100) not null, "description" varchar(500) not null, "countries" text[] not null, "active" boolean not null, "position" int not null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(
      `create table "shipping_price" ("method_id" varchar(64) collate "C" not null, "currency" varchar(3) not null, "amount" bigint not null, primary key ("method_id", "currency"))`,
    )
    this.addSql(`alter table "shipping_price" add constraint "shipping_price_amount" check (amount >= 0)`)
    this.addSql(
      `create table "tax_rate" ("id" varchar(64) collate "C" not null, "country_code" varchar(2) collate "C" not null, "name" varchar(100) not null, "rate_basis_points" int not null, "included" boolean not null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "tax_rate" add constraint "tax_rate_country_unique" unique ("country_code")`)
    this.addSql(
      `alter table "tax_rate" add constraint "tax_rate_bounds" check (rate_basis_points >= 0 and rate_basis_points <= 10000)`,
    )
    this.addSql(
      `create table "test_payment" ("attempt_id" varchar(64) collate "C" not null, "order_number" varchar(32) null, "method" varchar(100) null, "status" text not null, "amount" bigint not null, "currency" varchar(3) null, "refunded" bigint not null default '0', "silent_until" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("attempt_id"))`,
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
      `create table "user" ("id" varchar(64) collate "C" not null, "email" varchar(254) null, "email_key" varchar(254) collate "C" null, "email_verified_at" timestamptz(3) null, "name" varchar(200) null, "role" text not null, "permissions" text[] not null, "status" text not null default 'active', "epoch" int not null default 0, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "user" add constraint "user_email_key_unique" unique ("email_key")`)
    this.addSql(`create index "user_role_id_index" on "user" ("role", "id")`)
    this.addSql(`alter table "user" add constraint "user_email_pair" check ((email is null) = (email_key is null))`)
    this.addSql(`alter table "user" add constraint "user_erased" check ((email is null) = (status = 'erased'))`)
    this.addSql(`alter table "user" add constraint "user_role_check" check ("role" in ('customer', 'staff', 'admin'))`)
    this.addSql(
      `alter table "user" add constraint "user_status_check" check ("status" in ('active', 'disabled', 'erased'))`,
    )
    this.addSql(
      `create table "session" ("id" varchar(64) collate "C" not null, "user_id" varchar(64) collate "C" not null, "epoch" int not null, "idle_seconds" int not null, "expires_at" timestamptz(3) not null, "ends_at" timestamptz(3) not null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "session_user_id_created_at_index" on "session" ("user_id", "created_at")`)
    this.addSql(
      `create table "order" ("id" varchar(64) collate "C" not null, "number" varchar(11) collate "C" not null, "cart_id" varchar(64) collate "C" not null, "customer_id" varchar(64) collate "C" null, "guest" varchar(64) collate "C" null, "status" text not null, "cancel_reason" text null, "currency" varchar(3) not null, "subtotal" bigint not null, "discount" bigint not null, "tax" bigint not null, "total" bigint not null, "shipping" bigint not null, "shipping_tax" bigint not null, "tax_included" boolean not null, "tax_country" varchar(2) not null, "tax_rate_basis_points" int not null, "shipping_method" varchar(200) not null, "email" varchar(254) null, "shipping_address" jsonb null, "billing_address" jsonb null, "carrier" varchar(100) null, "tracking_code" varchar(100) null, "expires_at" timestamptz(3) not null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "order" add constraint "order_number_unique" unique ("number")`)
    this.addSql(`alter table "order" add constraint "order_cart_unique" unique ("cart_id")`)
    this.addSql(`create index "order_customer_id_id_index" on "order" ("customer_id", "id")`)
    this.addSql(`create index "order_guest_id_index" on "order" ("guest", "id")`)
    this.addSql(`create index "order_status_id_index" on "order" ("status", "id")`)
    this.addSql(`create index "order_created_at_index" on "order" ("created_at")`)
    this.addSql(`create index order_email on "order" (lower(email))`)
    this.addSql(
      `create index order_unpaid on "order" (expires_at) where status in ('pending_payment', 'payment_failed')`,
    )
    this.addSql(
      `alter table "order" add constraint "order_not_negative" check (subtotal >= 0 and discount >= 0 and discount <= subtotal and tax >= 0 and total >= 0 and shipping >= 0 and shipping_tax >= 0)`,
    )
    this.addSql(
      `alter table "order" add constraint "order_total" check (tax_included and total = (subtotal - discount + shipping) or not tax_included and total = (subtotal - discount + shipping + tax))`,
    )
    this.addSql(
      `alter table "order" add constraint "order_cancelled" check ((status = 'cancelled') = (cancel_reason is not null))`,
    )
    this.addSql(
      `alter table "order" add constraint "order_status_check" check ("status" in ('pending_payment', 'payment_failed', 'authorised', 'confirmed', 'fulfilled', 'cancelled'))`,
    )
    this.addSql(
      `alter table "order" add constraint "order_cancel_reason_check" check ("cancel_reason" in ('customer', 'staff', 'expired'))`,
    )
    this.addSql(
      `create table "order_note" ("id" varchar(64) collate "C" not null, "order_id" varchar(64) collate "C" not null, "text" varchar(4000) not null, "author" varchar(255) not null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "order_note_order_id_id_index" on "order_note" ("order_id", "id")`)
    this.addSql(
      `create table "order_moment" ("id" varchar(64) collate "C" not null, "order_id" varchar(64) collate "C" not null, "what" text not null, "actor" varchar(255) not null, "actor_kind" varchar(16) not null, "details" jsonb not null, "at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "order_moment_order_id_id_index" on "order_moment" ("order_id", "id")`)
    this.addSql(
      `alter table "order_moment" add constraint "order_moment_what_check" check ("what" in ('placed', 'payment_needs_action', 'payment_authorised', 'payment_failed', 'payment_retried', 'confirmed', 'fulfilled', 'cancelled', 'refund_requested', 'refunded', 'refund_failed', 'restocked', 'noted', 'anonymised'))`,
    )
    this.addSql(
      `create table "order_line" ("id" varchar(64) collate "C" not null, "order_id" varchar(64) collate "C" not null, "position" smallint not null, "variant_id" varchar(64) collate "C" not null, "product_id" varchar(64) collate "C" not null, "sku" varchar(255) null, "title" varchar(1000) not null, "options" jsonb not null, "quantity" int not null, "unit_amount" bigint not null, "subtotal" bigint not null, "discount" bigint not null, "tax" bigint not null, "total" bigint not null, "restocked" int not null, primary key ("id"))`,
    )
    this.addSql(`create index "order_line_variant_id_index" on "order_line" ("variant_id")`)
    this.addSql(`alter table "order_line" add constraint "order_line_position_unique" unique ("order_id", "position")`)
    this.addSql(
      `alter table "order_line" add constraint "order_line_quantity" check (quantity > 0 and restocked >= 0 and restocked <= quantity)`,
    )
    this.addSql(
      `alter table "order_line" add constraint "order_line_not_negative" check (subtotal >= 0 and discount >= 0 and discount <= subtotal and tax >= 0 and total >= 0 and unit_amount >= 0)`,
    )
    this.addSql(
      `alter table "order_line" add constraint "order_line_subtotal" check (subtotal = (unit_amount * quantity))`,
    )
    this.addSql(
      `create table "link" ("id" varchar(64) collate "C" not null, "user_id" varchar(64) collate "C" not null, "purpose" text not null, "token_hash" varchar(64) collate "C" not null, "new_email" varchar(254) null, "old_email" varchar(254) null, "expires_at" timestamptz(3) not null, "used_at" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "link" add constraint "link_token_hash_unique" unique ("token_hash")`)
    this.addSql(`create index "link_user_id_purpose_index" on "link" ("user_id", "purpose")`)
    this.addSql(
      `alter table "link" add constraint "link_purpose_check" check ("purpose" in ('verify_email', 'reset_password', 'invitation', 'change_email'))`,
    )
    this.addSql(
      `create table "credential" ("user_id" varchar(64) collate "C" not null, "password_hash" varchar(255) not null, "changed_at" timestamptz(3) not null default now(), primary key ("user_id"))`,
    )
    this.addSql(
      `create table "cart" ("id" varchar(64) collate "C" not null, "customer_id" varchar(64) collate "C" null, "guest" varchar(64) collate "C" null, "state" text not null, "order_id" varchar(64) collate "C" null, "currency" varchar(3) not null, "country_code" varchar(2) collate "C" null, "email" varchar(254) null, "shipping_address" jsonb null, "billing_address" jsonb null, "shipping_method_id" varchar(64) collate "C" null, "created_at" timestamptz(3) not null default now(), "updated_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "cart" add constraint "cart_order_unique" unique ("order_id")`)
    this.addSql(`create index "cart_customer_id_id_index" on "cart" ("customer_id", "id")`)
    this.addSql(`create unique index cart_customer_open on cart (customer_id) where state = 'open'`)
    this.addSql(`create unique index cart_guest_open on cart (guest) where state = 'open'`)
    this.addSql(`create index cart_guest_untouched on cart (updated_at) where guest is not null and state = 'open'`)
    this.addSql(`alter table "cart" add constraint "cart_owner" check ((customer_id is null) <> (guest is null))`)
    this.addSql(
      `alter table "cart" add constraint "cart_state_check" check ("state" in ('open', 'ordered', 'set_aside'))`,
    )
    this.addSql(
      `create table "api_key" ("id" varchar(64) collate "C" not null, "name" varchar(200) not null, "token_hash" varchar(64) collate "C" not null, "permissions" text[] not null, "created_by" varchar(64) collate "C" null, "last_used_at" timestamptz(3) null, "revoked_at" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`alter table "api_key" add constraint "api_key_token_hash_unique" unique ("token_hash")`)
    this.addSql(`create index "api_key_created_by_index" on "api_key" ("created_by")`)
    this.addSql(
      `create table "address" ("id" varchar(64) collate "C" not null, "user_id" varchar(64) collate "C" not null, "name" varchar(200) not null, "line1" varchar(200) not null, "line2" varchar(200) null, "city" varchar(200) not null, "region" varchar(200) null, "postal_code" varchar(20) null, "country_code" varchar(2) collate "C" not null, "phone" varchar(40) null, "default_shipping" boolean not null default false, "default_billing" boolean not null default false, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "address_user_id_id_index" on "address" ("user_id", "id")`)
    this.addSql(`create unique index address_default_shipping on address (user_id) where default_shipping`)
    this.addSql(`create unique index address_default_billing on address (user_id) where default_billing`)
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
      `create table "inventory_item" ("variant_id" varchar(64) collate "C" not null, "tracked" boolean not null, "on_hand" int not null, "reserved" int not null, primary key ("variant_id"))`,
    )
    this.addSql(
      `alter table "inventory_item" add constraint "inventory_item_reserved" check (reserved >= 0 and (not tracked or reserved <= on_hand))`,
    )
    this.addSql(
      `alter table "inventory_item" add constraint "inventory_item_on_hand" check (on_hand <= 1000000000 and (not tracked or on_hand >= 0))`,
    )
    this.addSql(
      `create table "stock_movement" ("id" varchar(64) collate "C" not null, "variant_id" varchar(64) collate "C" not null, "delta" int not null, "reason" text not null, "order_id" varchar(64) collate "C" null, "note" varchar(500) null, "actor" varchar(255) not null, "at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "stock_movement_variant_id_id_index" on "stock_movement" ("variant_id", "id")`)
    this.addSql(
      `create index "stock_movement_order_id_variant_id_index" on "stock_movement" ("order_id", "variant_id")`,
    )
    this.addSql(`alter table "stock_movement" add constraint "stock_movement_delta" check (delta <> 0)`)
    this.addSql(
      `alter table "stock_movement" add constraint "stock_movement_reason_check" check ("reason" in ('received', 'returned', 'written_off', 'correction', 'counted', 'sold', 'restocked'))`,
    )
    this.addSql(
      `create table "reservation" ("id" varchar(64) collate "C" not null, "order_id" varchar(64) collate "C" not null, "variant_id" varchar(64) collate "C" not null, "quantity" int not null, "state" text not null, "expires_at" timestamptz(3) not null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "reservation_variant_id_id_index" on "reservation" ("variant_id", "id")`)
    this.addSql(`create index "reservation_order_id_index" on "reservation" ("order_id")`)
    this.addSql(
      `create unique index reservation_live_unique on reservation (order_id, variant_id) where state = 'live'`,
    )
    this.addSql(`create index reservation_live_expiry on reservation (expires_at) where state = 'live'`)
    this.addSql(`alter table "reservation" add constraint "reservation_quantity" check (quantity > 0)`)
    this.addSql(
      `alter table "reservation" add constraint "reservation_state_check" check ("state" in ('live', 'sold', 'released'))`,
    )
    this.addSql(
      `create table "cart_line" ("id" varchar(64) collate "C" not null, "cart_id" varchar(64) collate "C" not null, "variant_id" varchar(64) collate "C" not null, "quantity" int not null, primary key ("id"))`,
    )
    this.addSql(`create index "cart_line_variant_id_index" on "cart_line" ("variant_id")`)
    this.addSql(`alter table "cart_line" add constraint "cart_line_variant_unique" unique ("cart_id", "variant_id")`)
    this.addSql(`alter table "cart_line" add constraint "cart_line_quantity" check (quantity >= 1 and quantity <= 999)`)
    this.addSql(
      `create table "variant_price" ("variant_id" varchar(64) collate "C" not null, "currency" varchar(3) not null, "amount" bigint not null, "compare_at_amount" bigint null, primary key ("variant_id", "currency"))`,
    )
    this.addSql(`alter table "variant_price" add constraint "variant_price_amount" check (amount >= 0)`)
    this.addSql(`alter table "variant_price" add constraint "variant_price_compare_at" check (compare_at_amount >= 0)`)
    this.addSql(
      `create table "webhook_endpoint" ("id" varchar(64) collate "C" not null, "url" varchar(2048) not null, "description" varchar(500) not null, "events" text[] not null, "status" text not null, "disabled_reason" text null, "failing_since" timestamptz(3) null, "deleted_at" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create unique index webhook_endpoint_url_unique on webhook_endpoint (url) where deleted_at is null`)
    this.addSql(
      `alter table "webhook_endpoint" add constraint "webhook_endpoint_disabled" check ((status = 'disabled') = (disabled_reason is not null))`,
    )
    this.addSql(
      `alter table "webhook_endpoint" add constraint "webhook_endpoint_status_check" check ("status" in ('active', 'disabled'))`,
    )
    this.addSql(
      `alter table "webhook_endpoint" add constraint "webhook_endpoint_disabled_reason_check" check ("disabled_reason" in ('staff', 'failing', 'gone'))`,
    )
    this.addSql(
      `create table "webhook_delivery" ("id" varchar(64) collate "C" not null, "webhook_id" varchar(64) collate "C" not null, "event_id" varchar(64) collate "C" not null, "event_name" varchar(100) not null, "body" text not null, "status" text not null default 'pending', "attempts" int not null default 0, "failures" smallint not null default 0, "next_attempt_at" timestamptz(3) null default now(), "leased_until" timestamptz(3) null, "status_code" smallint null, "error" varchar(200) null, "duration_ms" int null, "delivered_at" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(`create index "webhook_delivery_webhook_id_id_index" on "webhook_delivery" ("webhook_id", "id")`)
    this.addSql(`create index "webhook_delivery_status_id_index" on "webhook_delivery" ("status", "id")`)
    this.addSql(
      `create index webhook_delivery_due on webhook_delivery (webhook_id, next_attempt_at) where status in ('pending', 'failed')`,
    )
    this.addSql(`create index webhook_delivery_leased on webhook_delivery (webhook_id) where leased_until is not null`)
    this.addSql(
      `alter table "webhook_delivery" add constraint "webhook_delivery_event_unique" unique ("event_id", "webhook_id")`,
    )
    this.addSql(
      `alter table "webhook_delivery" add constraint "webhook_delivery_next" check ((next_attempt_at is not null) = (status = 'pending' or status = 'failed'))`,
    )
    this.addSql(
      `alter table "webhook_delivery" add constraint "webhook_delivery_status_check" check ("status" in ('pending', 'delivered', 'failed', 'dead'))`,
    )
    this.addSql(
      `create table "webhook_attempt" ("delivery_id" varchar(64) collate "C" not null, "number" int not null, "at" timestamptz(3) not null default now(), "duration_ms" int not null, "status_code" smallint null, "error" varchar(200) null, "answer" varchar(200) null, primary key ("delivery_id", "number"))`,
    )
    this.addSql(
      `create table "webhook_secret" ("id" varchar(64) collate "C" not null, "webhook_id" varchar(64) collate "C" not null, "sealed" varchar(255) not null, "expires_at" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(
      `create unique index webhook_secret_newest_unique on webhook_secret (webhook_id) where expires_at is null`,
    )
    this.addSql(`create index "webhook_secret_webhook_id_index" on "webhook_secret" ("webhook_id")`)
    this.addSql(
      `create table "worker_process" ("id" varchar(64) collate "C" not null, "consumers" text[] not null, "started_at" timestamptz(3) not null default now(), "seen_at" timestamptz(3) not null default now(), primary key ("id"))`,
    )
    this.addSql(
      `alter table "category" add constraint "category_parent_fk" foreign key ("parent_id") references "category" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "payment_notice" add constraint "payment_notice_attempt_fk" foreign key ("attempt_id") references "payment_attempt" ("id") on delete cascade`,
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
      `alter table "refund" add constraint "refund_attempt_fk" foreign key ("attempt_id") references "payment_attempt" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "shipping_price" add constraint "shipping_price_method_fk" foreign key ("method_id") references "shipping_method" ("id") on delete cascade`,
    )
    this.addSql(
      `alter table "session" add constraint "session_user_fk" foreign key ("user_id") references "user" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "order" add constraint "order_customer_fk" foreign key ("customer_id") references "user" ("id") on delete set null`,
    )
    this.addSql(
      `alter table "order_note" add constraint "order_note_order_fk" foreign key ("order_id") references "order" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "order_moment" add constraint "order_moment_order_fk" foreign key ("order_id") references "order" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "order_line" add constraint "order_line_order_fk" foreign key ("order_id") references "order" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "link" add constraint "link_user_fk" foreign key ("user_id") references "user" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "credential" add constraint "credential_user_fk" foreign key ("user_id") references "user" ("id") on update cascade on delete restrict`,
    )
    this.addSql(
      `alter table "cart" add constraint "cart_customer_fk" foreign key ("customer_id") references "user" ("id") on delete cascade`,
    )
    this.addSql(
      `alter table "cart" add constraint "cart_shipping_method_fk" foreign key ("shipping_method_id") references "shipping_method" ("id") on delete set null`,
    )
    this.addSql(
      `alter table "api_key" add constraint "api_key_created_by_fk" foreign key ("created_by") references "user" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "address" add constraint "address_user_fk" foreign key ("user_id") references "user" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "variant" add constraint "variant_product_fk" foreign key ("product_id") references "product" ("id") on delete cascade`,
    )
    this.addSql(
      `alter table "inventory_item" add constraint "inventory_item_variant_fk" foreign key ("variant_id") references "variant" ("id") on update cascade on delete cascade`,
    )
    this.addSql(
      `alter table "stock_movement" add constraint "stock_movement_item_fk" foreign key ("variant_id") references "inventory_item" ("variant_id") on delete cascade`,
    )
    this.addSql(
      `alter table "reservation" add constraint "reservation_item_fk" foreign key ("variant_id") references "inventory_item" ("variant_id") on delete restrict`,
    )
    this.addSql(
      `alter table "cart_line" add constraint "cart_line_cart_fk" foreign key ("cart_id") references "cart" ("id") on delete cascade`,
    )
    this.addSql(
      `alter table "cart_line" add constraint "cart_line_variant_fk" foreign key ("variant_id") references "variant" ("id") on delete cascade`,
    )
    this.addSql(
      `alter table "variant_price" add constraint "variant_price_variant_fk" foreign key ("variant_id") references "variant" ("id") on delete cascade`,
    )
    this.addSql(
      `alter table "webhook_delivery" add constraint "webhook_delivery_webhook_fk" foreign key ("webhook_id") references "webhook_endpoint" ("id") on delete restrict`,
    )
    this.addSql(
      `alter table "webhook_attempt" add constraint "webhook_attempt_delivery_fk" foreign key ("delivery_id") references "webhook_delivery" ("id") on delete cascade`,
    )
    this.addSql(
      `alter table "webhook_secret" add constraint "webhook_secret_webhook_fk" foreign key ("webhook_id") references "webhook_endpoint" ("id") on delete cascade`,
    )
  }
}
