import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Context } from '../../../context.ts'
import { common } from '../../../errors.ts'
import { type Found, MAX_HITS, type PageOf, type Position, type Total } from '../../../ports/search.ts'
import { type Keyed, keyedBy } from './keys.ts'
import { allMatching, type Matching, rank, some } from './statements.ts'

export type Index = Matching & { readonly index: string }

interface Hit {
  readonly id: string
  /** What it was sorted by. */
  readonly key: string | number
}

/** Rows of an order that are looked through for those that match, before all that match are put in order instead. */
const LOOK_THROUGH = 10_000

/** A page, and how many there are in all: of one snapshot, which the caller holds. */
export async function pageOf(ctx: Context, asked: Index, page: PageOf): Promise<Found> {
  const ranked = page.sort.by === 'relevance' && asked.query !== undefined
  return foundOf(asked.index, page, ranked ? await byRank(ctx, asked, page) : await inOrder(ctx, asked, page))
}

export const foundOf = (index: string, page: PageOf, { total, rows, shown }: Counted): Found => ({
  engine: 'postgres',
  ...(shown && { shown }),
  ids: rows.slice(0, page.limit).map((row) => row.id),
  total,
  next: nextOf(index, page, rows),
})

function nextOf(index: string, { limit, position }: PageOf, rows: readonly Hit[]): Position | null {
  const last = rows[limit - 1]
  const depth = (position?.depth ?? 0) + limit
  if (last === undefined || rows.length <= limit || depth >= MAX_HITS) return null
  return { engine: 'postgres', index, depth, key: last.key, id: last.id, keep: null }
}

/** How many rows to read: one more than the page has, never deeper than anybody may go. */
export const wantedOf = ({ limit, position }: PageOf) => Math.min(limit, MAX_HITS - (position?.depth ?? 0)) + 1

const totalOf = (count: number): Total => ({ count: Math.min(count, MAX_HITS), more: count > MAX_HITS })

const afterOf = <Key extends z.ZodType>(position: Position | undefined, key: Key) => {
  if (position === undefined) return undefined
  const parsed = key.safeParse(position.key)
  if (parsed.success) return [parsed.data, position.id] as const
  throw common.invalidInput({ fields: [{ path: 'cursor', message: 'is not a cursor of this list and order' }] })
}

interface Counted {
  readonly total: Total
  readonly rows: readonly Hit[]
  readonly shown?: readonly unknown[] | undefined
}

interface Reading {
  /** What is counted. */
  readonly hits: RawBuilder<unknown>
  /** The page: ids and keys of `hit`. */
  readonly page: RawBuilder<unknown>
  readonly order: RawBuilder<unknown>
  /** What is shown of those of the `page`. */
  readonly shown?: RawBuilder<unknown> | undefined
}

/** Counts hits, reads a page of them, and says which index answers by now: in one row, since each one read takes its time. */
const counting = ({ hits, page, order, shown }: Reading) => sql<CountedRow>`
  with hit as materialized (${hits}), counted as materialized (select count(*) as total from hit),
    page as materialized (${page})
  select ${ACTIVE} as index, counted.total,
    (select json_agg(json_build_object('id', id, 'key', key) order by ${order}) from page) as hits,
    ${shown === undefined ? sql`null` : sql`(select coalesce(json_agg(shown), '[]') from (${shown}) shown)`} as shown
  from counted`

const ACTIVE = sql`(select name from search_index where engine = 'postgres' and state = 'active')`

export interface CountedRow {
  readonly index: string | null
  readonly total: number
  readonly hits: readonly Hit[] | null
  readonly shown: readonly unknown[] | null
}

export const countedOf = (rows: readonly CountedRow[]): Counted => ({
  total: totalOf(rows[0]?.total ?? 0),
  rows: rows[0]?.hits ?? [],
  shown: rows[0]?.shown ?? undefined,
})

interface Ranked {
  /** The hits with `id` and `key`, which is their rank. */
  readonly hits: RawBuilder<unknown>
  readonly after: { readonly rank: RawBuilder<number>; readonly id: RawBuilder<string> } | undefined
  readonly limit: RawBuilder<number>
  readonly shown?: RawBuilder<unknown> | undefined
}

/** The hits that match best. */
export function bestOf({ hits, after, limit, shown }: Ranked) {
  const on =
    after === undefined
      ? sql`true`
      : sql`(key < ${after.rank}::float8 or (key = ${after.rank}::float8 and id > ${after.id}))`
  const order = sql`key desc, id`
  const page = sql`select id, key from hit where ${on} order by ${order} limit ${limit}`
  return counting({ hits, page, order, shown })
}

const Rank = z.number()

/** Where a page of what matches best begins. Raises `invalid_input`. */
export const afterRank = ({ position }: PageOf) => afterOf(position, Rank)

async function byRank(ctx: Context, asked: Index, page: PageOf): Promise<Counted> {
  const after = afterRank(page)
  const code = asked.code === undefined ? undefined : sql<string>`${asked.code}`
  const best = bestOf({
    hits: some(asked, sql`d.id, ${rank(sql`${asked.words}`, code)} as key`),
    after: after && { rank: sql`${after[0]}`, id: sql`${after[1]}` },
    limit: sql.lit(wantedOf(page)),
  })
  return countedOf((await best.execute(ctx.em.getKysely())).rows)
}

/**
 * Few hits are put in order. Of many, a page is soon found by looking through the order itself for what matches; where it
 * is not, since what matches comes late in that order, all of them are put in order after all.
 */
async function inOrder(ctx: Context, asked: Index, page: PageOf): Promise<Counted> {
  const keyed = keyedBy(asked, page.sort)
  const after = afterOf(page.position, keyed.key)
  const limit = sql.lit(wantedOf(page))
  const few = counting({
    hits: some(asked, keyed.columns),
    page: sql`
      select id, key from ${keyed.hits} where (select total from counted) <= ${sql.lit(keyed.few)} and ${keyed.beyond(after)}
      order by ${keyed.order} limit ${limit}`,
    order: keyed.order,
  })
  const { total, rows } = countedOf((await few.execute(ctx.em.getKysely())).rows)
  if (total.count + (total.more ? 1 : 0) <= keyed.few) return { total, rows }
  const found = await sql<Hit>`${keyed.lookThrough(after, LOOK_THROUGH)} limit ${limit}`.execute(ctx.em.getKysely())
  if (found.rows.length >= wantedOf(page)) return { total, rows: found.rows }
  return { total, rows: await sorted(ctx, asked, keyed, after, wantedOf(page)) }
}

async function sorted(
  ctx: Context,
  asked: Index,
  keyed: Keyed,
  after: readonly [string | number, string] | undefined,
  limit: number,
): Promise<readonly Hit[]> {
  const { rows } = await sql<Hit>`
    with hit as materialized (${allMatching(asked, keyed.columns)})
    select id, key from ${keyed.manyHits} where ${keyed.beyond(after)}
    order by ${keyed.order} limit ${sql.lit(limit)}`.execute(ctx.em.getKysely())
  return rows
}
