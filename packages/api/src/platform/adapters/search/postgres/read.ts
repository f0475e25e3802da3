import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Context } from '../../../context.ts'
import { common } from '../../../errors.ts'
import {
  type Ask,
  type Bucket,
  type Counted,
  type Found,
  MAX_BUCKETS,
  MAX_HITS,
  type PageOf,
  type Position,
  type Sort,
  type Total,
  type Wanted,
} from '../../../ports/search.ts'
import { cursorExpired, searchNotReady } from '../../../search/errors.ts'
import { orderColumn } from './entities.ts'
import {
  codeWord,
  keyword,
  lexeme,
  type Matching,
  matching,
  plainWords,
  rank,
  some,
  wordQueries,
} from './statements.ts'
import { meanings } from './vocabulary.ts'

type Index = Matching & { readonly index: string }

/** Reads from one snapshot, so that an index which is swapped meanwhile is still seen whole. */
export const inSnapshot = <T>(ctx: Context, work: (ctx: Context) => Promise<T>): Promise<T> =>
  ctx.em.fork().transactional((em) => work({ ...ctx, em }), { isolationLevel: 'repeatable read' as never })

/** Puts a question into PostgreSQL's terms, for the index that answers. Raises `search_not_ready`. */
async function understand(ctx: Context, { text, filters }: Ask): Promise<Index> {
  const { words = [], loose = false, code = '' } = text ?? {}
  const { rows } = await sql<{ name: string; slot: number; queries: string[]; plain: string[] }>`
    select name, slot, ${text ? wordQueries(text) : sql`array[]::text[]`} as queries,
      ${text ? plainWords(text) : sql`array[]::text[]`} as plain
    from search_index where engine = 'postgres' and state = 'active'`.execute(ctx.em.getKysely())
  const [active] = rows
  if (active === undefined) throw searchNotReady()
  const { name: index, slot } = active
  if (text === undefined) return { index, slot, query: undefined, words: '', code: undefined, filters }
  const found = await Promise.all(
    words.map(async (_, n) => {
      const also = loose ? await meanings(ctx, slot, active.plain[n] ?? '') : []
      const [stem = '', asItIs = ''] = active.queries.slice(2 * n, 2 * n + 2)
      // Of a word and its own beginning, ranking would take no notice of the beginning.
      const own = asItIs === `${stem}:*` ? [asItIs] : [stem, asItIs]
      return [...own, ...also.map(lexeme)].filter((query) => query !== '').join(' | ')
    }),
  )
  const all = found
    .filter((query) => query !== '')
    .map((query) => `(${query})`)
    .join(' & ')
  const exact = code === '' ? undefined : lexeme(codeWord(code))
  const query = [all, exact ?? ''].filter((part) => part !== '').join(' | ')
  return { index, slot, query, words: all, code: exact, filters }
}

export const find = (ctx: Context, ask: Ask, page: PageOf): Promise<Found> =>
  inSnapshot(ctx, async (ctx) => {
    const asked = await understand(ctx, ask)
    const { position } = page
    if (position !== undefined && position.index !== asked.index) throw cursorExpired()
    const ranked = page.sort.by === 'relevance' && asked.query !== undefined
    const { total, rows } = ranked ? await byRank(ctx, asked, page) : await inOrder(ctx, asked, page)
    return {
      engine: 'postgres',
      ids: rows.slice(0, page.limit).map((row) => row.id),
      total,
      next: nextOf(asked, page, rows),
    }
  })

interface Hit {
  readonly id: string
  /** What it was sorted by. */
  readonly key: string | number
}

function nextOf({ index }: Index, { limit, position }: PageOf, rows: readonly Hit[]): Position | null {
  const last = rows[limit - 1]
  const depth = (position?.depth ?? 0) + limit
  if (last === undefined || rows.length <= limit || depth >= MAX_HITS) return null
  return { engine: 'postgres', index, depth, key: last.key, id: last.id, keep: null }
}

/** How many rows to read: one more than the page has, never deeper than anybody may go. */
const wantedOf = ({ limit, position }: PageOf) => Math.min(limit, MAX_HITS - (position?.depth ?? 0)) + 1

const totalOf = (count: number): Total => ({ count: Math.min(count, MAX_HITS), more: count > MAX_HITS })

const afterOf = <Key extends z.ZodType>(position: Position | undefined, key: Key) => {
  if (position === undefined) return undefined
  const parsed = key.safeParse(position.key)
  if (parsed.success) return [parsed.data, position.id] as const
  throw common.invalidInput({ fields: [{ path: 'cursor', message: 'is not a cursor of this list and order' }] })
}

async function byRank(ctx: Context, asked: Index, page: PageOf): Promise<{ total: Total; rows: Hit[] }> {
  const after = afterOf(page.position, z.number())
  const on =
    after === undefined
      ? sql`true`
      : sql`(rank < ${after[0]}::float8 or (rank = ${after[0]}::float8 and id > ${after[1]}))`
  const { rows } = await sql<{ total: number; id: string | null; key: number }>`
    with hit as materialized (${some(asked, sql`d.id, ${rank(asked)}::float8 as rank`)})
    select total, page.id, page.rank as key from (select count(*) as total from hit) counted
    left join lateral (
      select id, rank from hit where ${on} order by rank desc, id limit ${sql.lit(wantedOf(page))}
    ) page on true order by page.rank desc, page.id`.execute(ctx.em.getKysely())
  return {
    total: totalOf(rows[0]?.total ?? 0),
    rows: rows.flatMap(({ id, key }) => (id === null ? [] : [{ id, key }])),
  }
}

async function inOrder(ctx: Context, asked: Index, page: PageOf): Promise<{ total: Total; rows: Hit[] }> {
  const db = ctx.em.getKysely()
  const counted = await sql<{ total: number }>`
    select count(*) as total from (${some(asked, sql`d.id`)}) hit`.execute(db)
  const { rows } = await sql<Hit>`${ordered(asked, page)} limit ${sql.lit(wantedOf(page))}`.execute(db)
  return { total: totalOf(counted.rows[0]?.total ?? 0), rows }
}

function ordered(asked: Index, { sort, position }: PageOf): RawBuilder<unknown> {
  if (sort.by === 'amount') return byAmount(asked, sort, position)
  if (sort.by === 'order') {
    const column = sql.ref(`d.${orderColumn(sort.field)}`)
    const direction = sql.raw(sort.direction)
    const after = afterOf(position, z.string().max(255))
    return sql`select d.id, ${column} as key from ${matching(asked)} and ${beyond(column, sort.direction, after)}
      order by ${column} ${direction}, d.id ${direction}`
  }
  const after = afterOf(position, z.string())
  return sql`select d.id, d.id as key from ${matching(asked)}
    ${after === undefined ? sql`` : sql`and d.id < ${after[1]}`} order by d.id desc`
}

function byAmount(asked: Index, sort: Extract<Sort, { by: 'amount' }>, position: Position | undefined) {
  const direction = sql.raw(sort.direction)
  const after = afterOf(position, z.int())
  return sql`select d.id, o.amount as key from search_amount o cross join lateral (
      select d.id from ${matching(asked)} and d.id = o.id
    ) d
    where o.slot = ${sql.lit(asked.slot)} and o.field = ${sort.field} and o.currency = ${sort.currency}
      and ${beyond(sql`o.amount`, sort.direction, after, sql`o.id`)}
    order by o.amount ${direction}, o.id ${direction}`
}

function beyond(
  key: RawBuilder<unknown>,
  direction: 'asc' | 'desc',
  after: readonly [string | number, string] | undefined,
  id: RawBuilder<unknown> = sql`d.id`,
): RawBuilder<unknown> {
  if (after === undefined) return sql`true`
  return sql`(${key}, ${id}) ${direction === 'asc' ? sql`>` : sql`<`} (${after[0]}, ${after[1]})`
}

export const count = (ctx: Context, ask: Ask, wanted: Wanted): Promise<Counted> =>
  inSnapshot(ctx, async (ctx) => {
    const asked = await understand(ctx, ask)
    const { rows } = await sql<{ keywords: (Bucket & { field: string })[] | null; amounts: AmountRow }>`
      with hit as materialized (${some(asked, sql`d.id, d.keywords`)})
      select ${keywordCounts(wanted)} as keywords, ${amountCounts(asked.slot, wanted)} as amounts`.execute(
      ctx.em.getKysely(),
    )
    const [row] = rows
    const of = (field: string) => (row?.keywords ?? []).filter((bucket) => bucket.field === field)
    return {
      keywords: Object.fromEntries(
        wanted.keywords.map((field) => [field, of(field).map(({ value, count }) => ({ value, count }))]),
      ),
      amount: wanted.amount === undefined ? null : (row?.amounts ?? { min: null, max: null, counts: [] }),
    }
  })

type AmountRow = Counted['amount']

/** The values of each wanted field with how many documents have them, most first. */
function keywordCounts({ keywords }: Wanted): RawBuilder<unknown> {
  if (keywords.length === 0) return sql`null::json`
  return sql`(select json_agg(json_build_object('field', field, 'value', value, 'count', count)
      order by field, count desc, value collate "C") from (
    select split_part(term, ':', 1) as field, substr(term, strpos(term, ':') + 1) as value, count,
      row_number() over (partition by split_part(term, ':', 1) order by count desc, term collate "C") as place
    from (
      select term, count(*) as count from hit, unnest(hit.keywords) term
      where ${sql.join(
        keywords.map((field) => sql`starts_with(term, ${keyword(field, '')})`),
        sql` or `,
      )} group by term
    ) counted
  ) placed where place <= ${sql.lit(MAX_BUCKETS)})`
}

function amountCounts(slot: number, { amount }: Wanted): RawBuilder<unknown> {
  if (amount === undefined) return sql`null::json`
  const counts = amount.ranges.map(({ min, below }) => {
    const bounds = [sql`true`]
    if (min !== undefined) bounds.push(sql`a.amount >= ${min}`)
    if (below !== undefined) bounds.push(sql`a.amount < ${below}`)
    return sql`count(*) filter (where ${sql.join(bounds, sql` and `)})`
  })
  return sql`(select json_build_object('min', min(a.amount), 'max', max(a.amount),
      'counts', ${counts.length === 0 ? sql`'[]'::json` : sql`json_build_array(${sql.join(counts)})`})
    from hit join search_amount a on a.slot = ${sql.lit(slot)} and a.id = hit.id
      and a.field = ${amount.field} and a.currency = ${amount.currency})`
}
