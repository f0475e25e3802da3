import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Versioned } from '../../../ports/search.ts'
import { type Fields, namesOf, type Weight } from '../../../search/fields.ts'
import type { Kept } from '../../../search/registry.ts'
import { orderColumn } from './entities.ts'
import { codeWord, keyword } from './statements.ts'

const weightOrder: readonly Weight[] = ['A', 'B', 'C', 'D']

/** A document as a row: its texts by their weight, which the statement makes into words. */
function rowOf(fields: Fields, { id, version, document }: Versioned): Record<string, unknown> {
  const text = (weight: Weight) =>
    namesOf(fields, 'text')
      .filter((name) => weightOf(fields, name) === weight)
      .map((name) => document?.[name] ?? '')
      .join(' ')
  // A value of a field is of the field's kind: `DocumentOf` says so, `Fields` by itself does not.
  const list = (name: string) => (document?.[name] ?? []) as readonly string[]
  return {
    id,
    version,
    gone: document === null,
    ...Object.fromEntries(weightOrder.map((weight) => [weight.toLowerCase(), text(weight)])),
    codes: namesOf(fields, 'code').flatMap(list).map(codeWord),
    keywords: namesOf(fields, 'keyword').flatMap((name) => list(name).map((value) => keyword(name, value))),
    amounts: namesOf(fields, 'amount').flatMap((field) =>
      Object.entries(document?.[field] ?? {}).map(([currency, amount]) => ({ field, currency, amount })),
    ),
    ...Object.fromEntries(namesOf(fields, 'order').map((name) => [orderColumn(name), document?.[name] ?? null])),
  }
}

function weightOf(fields: Fields, name: string): Weight | undefined {
  const field = fields[name]
  return field?.kind === 'text' ? field.weight : undefined
}

/** Writes documents into one index, those of which it has nothing newer, with their amounts and their words. */
export async function writeRows(
  ctx: Context,
  fields: Fields,
  { slot, language }: Kept,
  documents: readonly Versioned[],
): Promise<void> {
  const db = ctx.em.getKysely()
  const rows = JSON.stringify(documents.map((document) => rowOf(fields, document)))
  const ordered = namesOf(fields, 'order').map(orderColumn)
  const columns = sql.join(
    ['slot', 'id', 'version', 'gone_at', 'words', 'keywords', ...ordered].map((name) => sql.ref(name)),
  )
  const set = ['version', 'gone_at', 'words', 'keywords', ...ordered].map(
    (name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`,
  )
  const types = sql.join(
    ordered.map((name) => sql`, ${sql.ref(name)} text`),
    sql``,
  )
  const weighted = weightOrder.flatMap((weight) => [
    sql`setweight(to_tsvector(${sql.lit(language)}, unaccent(${sql.ref(weight.toLowerCase())})), ${sql.lit(weight)})`,
    sql`setweight(to_tsvector('simple', unaccent(${sql.ref(weight.toLowerCase())})), ${sql.lit(weight)})`,
  ])
  const { rows: written } = await sql<{ id: string }>`
    insert into search_document (${columns})
    select ${sql.lit(slot)}, id, version, case when gone then now() end,
      array_to_tsvector(codes) || ${sql.join(weighted, sql` || `)}, keywords
      ${sql.join(
        ordered.map((name) => sql`, ${sql.ref(name)}`),
        sql``,
      )}
    from jsonb_to_recordset(${rows}::jsonb) as given (id text, version bigint, gone boolean,
      a text, b text, c text, d text, codes text[], keywords text[] ${types})
    order by id
    on conflict (slot, id) do update set ${sql.join(set)} where search_document.version < excluded.version
    returning id`.execute(db)
  const ids = written.map((row) => row.id)
  if (ids.length === 0) return
  await sql`delete from search_amount where slot = ${sql.lit(slot)} and id = any(${ids}::text[])`.execute(db)
  await sql`
    insert into search_amount (slot, id, field, currency, amount)
    select ${sql.lit(slot)}, given.id, amount.field, amount.currency, amount.amount
    from jsonb_to_recordset(${rows}::jsonb) as given (id text, amounts jsonb)
      cross join lateral jsonb_to_recordset(given.amounts) as amount (field text, currency text, amount bigint)
    where given.id = any(${ids}::text[])`.execute(db)
  // In one order for all, so that two who add the same words wait for each other instead of for ever.
  await sql`
    insert into search_word (slot, word)
    select distinct ${sql.lit(slot)}::smallint, word
    from jsonb_to_recordset(${rows}::jsonb) as given (id text, a text, b text, c text, d text)
      cross join lateral unnest(tsvector_to_array(to_tsvector('simple', unaccent(concat_ws(' ', a, b, c, d))))) word
    where given.id = any(${ids}::text[]) and length(word) <= 255
    order by word
    on conflict do nothing`.execute(db)
}
