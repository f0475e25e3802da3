import { Migration } from '@mikro-orm/migrations'

/** What PostgreSQL finds products by, and what every search engine has to read anew. */
export class Migration20261123111500 extends Migration {
  override up(): void {
    this.addSql(`create extension if not exists unaccent`)
    // The order in which products were read for their documents, and in which they were marked to be read.
    this.addSql(`create sequence search_version`)
    this.addSql(
      `create table "search_amount" ("slot" smallint not null, "id" varchar(64) collate "C" not null, "field" varchar(64) collate "C" not null, "currency" varchar(3) collate "C" not null, "amount" bigint not null, primary key ("slot", "id", "field", "currency"))`,
    )
    this.addSql(`create index "search_amount_order" on "search_amount" ("slot", "field", "currency", "amount", "id")`)
    this.addSql(
      `create table "search_document" ("slot" smallint not null, "id" varchar(64) collate "C" not null, "version" bigint not null, "gone_at" timestamptz(3) null, "words" tsvector not null, "keywords" text[] not null, "order_name" varchar(255) collate "C" null, primary key ("slot", "id"))`,
    )
    this.addSql(
      `create index search_document_terms_0 on search_document using gin (words, keywords) with (fastupdate = off) where slot = 0`,
    )
    this.addSql(
      `create index search_document_gone_0 on search_document (gone_at) where slot = 0 and gone_at is not null`,
    )
    this.addSql(
      `create index search_document_name_0 on search_document (order_name, id) where slot = 0 and gone_at is null`,
    )
    this.addSql(
      `create index search_document_terms_1 on search_document using gin (words, keywords) with (fastupdate = off) where slot = 1`,
    )
    this.addSql(
      `create index search_document_gone_1 on search_document (gone_at) where slot = 1 and gone_at is not null`,
    )
    this.addSql(
      `create index search_document_name_1 on search_document (order_name, id) where slot = 1 and gone_at is null`,
    )
    this.addSql(
      `create table "search_index" ("engine" varchar(32) collate "C" not null, "name" varchar(100) collate "C" not null, "slot" smallint not null, "signature" varchar(100) not null, "state" text not null, "beat_at" timestamptz(3) not null default now(), primary key ("engine", "name"))`,
    )
    this.addSql(`create unique index search_index_active on search_index (engine) where state = 'active'`)
    this.addSql(`create unique index search_index_unfinished on search_index (engine) where state <> 'active'`)
    this.addSql(
      `create table "search_mark" ("engine" varchar(32) collate "C" not null, "subject" varchar(64) collate "C" not null, "mark" bigint not null, "after" varchar(64) collate "C" not null default '', "due_at" timestamptz(3) not null default now(), primary key ("engine", "subject"))`,
    )
    this.addSql(`create index "search_mark_due" on "search_mark" ("engine", "due_at")`)
    this.addSql(
      `create table "search_word" ("slot" smallint not null, "word" varchar(255) collate "C" not null, primary key ("slot", "word"))`,
    )
    this.addSql(`create index search_word_inside on search_word using gin (word gin_trgm_ops)`)
    this.addSql(
      `alter table "search_index" add constraint "search_index_state_check" check ("state" in ('preparing', 'building', 'active'))`,
    )
  }
}
