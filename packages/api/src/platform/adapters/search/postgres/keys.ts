import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { MAX_HITS, type Sort } from '../../../ports/search.ts'
import { orderColumn } from './entities.ts'
import { conditions, type Matching } from './statements.ts'

type After = readonly [string | number, string] | undefined

/** What documents are sorted by. */
export interface Keyed {
  readonly key: z.ZodType<string | number>
  /** Of a document `d`: what `hits` needs of it. */
  readonly columns: RawBuilder<unknown>
  /** The hits with `id` and `key`, made from `hit`: of few of them, and of any number. */
  readonly hits: RawBuilder<unknown>
  readonly manyHits: RawBuilder<unknown>
  readonly order: RawBuilder<unknown>
  /** So many hits are put in order sooner than they are looked for in it. */
  readonly few: number
  beyond(after: After): RawBuilder<unknown>
  /** Reads so many rows of the order, and answers those that match. */
  lookThrough(after: After, rows: number): RawBuilder<unknown>
}

/** As many as are counted, and so always. */
const ALL = MAX_HITS + 1
/** A key that stands beside the document costs a look-up for each hit. */
const FEW_LOOKED_UP = 2_000

export function keyedBy(asked: Matching, sort: Sort): Keyed {
  if (sort.by === 'amount') return byAmount(asked, sort)
  if (sort.by === 'order') return onDocument(asked, sql.ref(`d.${orderColumn(sort.field)}`), sort.direction)
  return {
    ...onDocument(asked, sql.ref('d.id'), 'desc'),
    // Without words the newest are what is counted.
    ...(asked.query === undefined && { few: ALL }),
  }
}

/** By what stands on the document itself, under an index of its own. */
function onDocument(asked: Matching, column: RawBuilder<unknown>, direction: 'asc' | 'desc'): Keyed {
  const to = sql.raw(direction)
  return {
    key: z.string().max(255),
    columns: sql`d.id, ${column} as key`,
    hits: sql`hit`,
    manyHits: sql`hit`,
    order: sql`key ${to}, id ${to}`,
    few: MAX_HITS,
    beyond: (after) => beyond(sql`key`, sql`id`, direction, after),
    lookThrough: (after, rows) => sql`
      select d.id, d.key from (
        select d.id, ${column} as key, d.words, d.keywords from search_document d
        where d.slot = ${sql.lit(asked.slot)} and d.gone_at is null and ${beyond(column, sql`d.id`, direction, after)}
        order by ${column} ${to}, d.id ${to} limit ${sql.lit(rows)}
      ) d where ${sql.join(conditions(asked), sql` and `)} order by d.key ${to}, d.id ${to}`,
  }
}

function byAmount(asked: Matching, { field, currency, direction }: Extract<Sort, { by: 'amount' }>): Keyed {
  const to = sql.raw(direction)
  const amounts = sql`o.slot = ${sql.lit(asked.slot)} and o.field = ${field} and o.currency = ${currency}`
  // Bounds of what is sorted by are where to begin and to end.
  const bounds = asked.filters.flatMap((filter) =>
    'anyOf' in filter || filter.field !== field || filter.currency !== currency
      ? []
      : [
          ...(filter.min === undefined ? [] : [sql`o.amount >= ${filter.min}`]),
          ...(filter.max === undefined ? [] : [sql`o.amount <= ${filter.max}`]),
        ],
  )
  return {
    key: z.int(),
    columns: sql`d.id`,
    hits: sql`(select hit.id, o.amount as key from hit cross join lateral (
      select o.amount from search_amount o where o.id = hit.id and ${amounts} limit 1
    ) o) hit`,
    manyHits: sql`(select hit.id, o.amount as key from hit join search_amount o on o.id = hit.id and ${amounts}) hit`,
    order: sql`key ${to}, id ${to}`,
    few: FEW_LOOKED_UP,
    beyond: (after) => beyond(sql`key`, sql`id`, direction, after),
    lookThrough: (after, rows) => sql`
      select o.id, o.amount as key from (
        select o.id, o.amount from search_amount o
        where ${sql.join([amounts, ...bounds, beyond(sql`o.amount`, sql`o.id`, direction, after)], sql` and `)}
        order by o.amount ${to}, o.id ${to} limit ${sql.lit(rows)}
      ) o cross join lateral (
        select from search_document d where d.slot = ${sql.lit(asked.slot)} and d.id = o.id and d.gone_at is null
          and ${sql.join(conditions(asked), sql` and `)} limit 1
      ) d order by o.amount ${to}, o.id ${to}`,
  }
}

function beyond(
  key: RawBuilder<unknown>,
  id: RawBuilder<unknown>,
  direction: 'asc' | 'desc',
  after: After,
): RawBuilder<unknown> {
  if (after === undefined) return sql`true`
  return sql`(${key}, ${id}) ${direction === 'asc' ? sql`>` : sql`<`} (${after[0]}, ${after[1]})`
}
