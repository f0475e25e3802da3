import { type RawBuilder, sql } from 'kysely'
import { type Ask, type Filter, MAX_HITS } from '../../../ports/search.ts'
import { weights } from '../../../search/fields.ts'

/** What is asked, in PostgreSQL's terms. */
export interface Matching {
  readonly slot: number
  /** A tsquery as text; undefined for every document. */
  readonly query: string | undefined
  /** The tsquery of the words alone, and of the code alone. */
  readonly words: string
  readonly code: string | undefined
  readonly filters: readonly Filter[]
}

/** One more than is counted says that there are more. */
export const SOME_MORE = sql.lit(MAX_HITS + 1)

/** A text as a lexeme of a tsquery, whatever is in it. */
export const lexeme = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** A code among the words, told from them by a sign that none of them has. */
export const codeWord = (code: string): string => `=${code}`

export const keyword = (field: string, value: string): string => `${field}:${value}`

/** The same in SQL, after accents were taken off: which may turn a letter into a quotation mark. */
const unaccented = (word: RawBuilder<string>) =>
  sql`('''' || replace(replace(unaccent(${word}), '\\', '\\\\'), '''', '''''') || '''')`

/** Whether somebody may still be typing a word of a query. */
export const isTyping = (
  { words, prefix }: Pick<NonNullable<Ask['text']>, 'words' | 'prefix'>,
  place: number,
): boolean => prefix && place === words.length - 1 && (words[place] ?? '').length > 1

/** What finds a word, as tsqueries: the word without its ending, and the word as it is, which goes on if it is being typed. */
export function findingWord(word: RawBuilder<string>, language: RawBuilder<unknown>, typing: boolean) {
  const asItIs = typing ? sql`${unaccented(word)} || ':*'` : unaccented(word)
  return {
    stem: sql<string>`to_tsquery(${language}, ${unaccented(word)})`,
    asItIs: sql<string>`to_tsquery('simple', ${asItIs})`,
  }
}

/** For each word what finds it, one after the other, in the language of a `search_index`. */
export function wordQueries(text: NonNullable<Ask['text']>): RawBuilder<string[]> {
  const language = sql`split_part(signature, ':', 1)::regconfig`
  const queries = text.words.flatMap((word, place) => {
    const { stem, asItIs } = findingWord(sql`${word}`, language, isTyping(text, place))
    return [sql`${stem}::text`, sql`${asItIs}::text`]
  })
  return queries.length === 0 ? sql`array[]::text[]` : sql`array[${sql.join(queries)}]`
}

export const plainWords = ({ words }: NonNullable<Ask['text']>): RawBuilder<string[]> =>
  words.length === 0 ? sql`array[]::text[]` : sql`array[${sql.join(words.map((word) => sql`unaccent(${word})`))}]`

/** What a document `d` has to be, beside there. */
export function conditions({ slot, query, filters }: Matching): RawBuilder<unknown>[] {
  const words = query === undefined ? [sql`true`] : [sql`d.words @@ ${query}::tsquery`]
  return [...words, ...filters.map((filter) => condition(slot, filter))]
}

/** Every document that matches. */
export const allMatching = (asked: Matching, columns: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select ${columns} from search_document d where d.slot = ${sql.lit(asked.slot)} and d.gone_at is null
    and ${sql.join(conditions(asked), sql` and `)}`

function condition(slot: number, filter: Filter): RawBuilder<unknown> {
  if ('anyOf' in filter) {
    const values = filter.anyOf.map((value) => keyword(filter.field, value))
    // Of one value it is known how many documents have it; of an overlap less so.
    const operator = values.length === 1 ? sql`@>` : sql`&&`
    return sql`d.keywords ${operator} ${values}::text[]`
  }
  const { field, currency, min, max } = filter
  const bounds = [sql`a.slot = ${sql.lit(slot)}`, sql`a.id = d.id`, sql`a.field = ${field}`]
  bounds.push(sql`a.currency = ${currency}`)
  if (min !== undefined) bounds.push(sql`a.amount >= ${min}`)
  if (max !== undefined) bounds.push(sql`a.amount <= ${max}`)
  return sql`exists (select from search_amount a where ${sql.join(bounds, sql` and `)})`
}

/** Some of the documents that match: all, up to what is counted. Newest first where no word picks them. */
export const some = (asked: Matching, columns: RawBuilder<unknown>): RawBuilder<unknown> => {
  const order = asked.query === undefined ? sql`order by d.id desc` : sql``
  return sql`${allMatching(asked, columns)} ${order} limit ${SOME_MORE}`
}

const BEST = weights.A
const [d, c, b, a] = [weights.D, weights.C, weights.B, weights.A].map((weight) => weight / BEST)
const scale = sql.lit(`{${d}, ${c}, ${b}, ${a}}`)

/** How well a document matches some words, as a tsquery: a code above all of them. */
export const rank = (words: RawBuilder<string>, code: RawBuilder<string> | undefined): RawBuilder<number> => {
  const byWords = sql`ts_rank(${scale}::float4[], d.words, ${words}::tsquery)`
  if (code === undefined) return sql`${byWords}::float8`
  return sql`(${byWords} + case when d.words @@ ${code}::tsquery then 10 else 0 end)::float4::float8`
}
