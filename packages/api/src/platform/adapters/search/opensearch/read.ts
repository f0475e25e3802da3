import { z } from 'zod'
import { type Counted, type Found, MAX_HITS, type Reader } from '../../../ports/search.ts'
import { cursorExpired } from '../../../search/errors.ts'
import type { Fields } from '../../../search/fields.ts'
import { KEEP_ALIVE, type Server, statusOf } from './client.ts'
import type { Names } from './names.ts'
import { aggregationsOf, queryOf, sortable, sortOf } from './query.ts'

const Key = z.union([z.number(), z.string()])
const Hits = z.object({
  timed_out: z.literal(false),
  _shards: z.object({ failed: z.literal(0) }),
  pit_id: z.string().optional(),
  hits: z.object({
    total: z.object({ value: z.int() }),
    hits: z.array(z.object({ _id: z.string(), _index: z.string(), sort: z.array(Key).min(1) })),
  }),
})

/** Positions that the server cannot go on from: it does not know them, or not any more. */
const expired = (error: unknown): never => {
  const status = statusOf(error)
  throw status === 400 || status === 404 ? cursorExpired() : error
}

export function createReader(server: Server, fields: Fields, names: Names): Reader {
  const find: Reader['find'] = async (_ctx, ask, page): Promise<Found> => {
    const { position, limit, sort } = page
    if (position !== undefined && !names.isOurs(position.index)) throw cursorExpired()
    const keep = position === undefined ? null : await pointOf(server, position)
    const query = queryOf(fields, { ...ask, filters: ask.filters })
    const size = Math.min(limit, MAX_HITS - (position?.depth ?? 0)) + 1
    const from = sort.by === 'newest' ? [position?.id] : [position?.key, position?.id]
    const body = {
      query: { bool: { must: [query], filter: sortable(page) } },
      sort: sortOf(page),
      size,
      _source: false,
      track_total_hits: MAX_HITS + 1,
      ...(position !== undefined && { search_after: from }),
      ...(keep !== null && { pit: { id: keep, keep_alive: KEEP_ALIVE } }),
    }
    const path = keep !== null ? '/_search' : `/${position?.index ?? names.alias}/_search`
    const searched = server.ask({ method: 'POST', path, body }, Hits)
    const { hits, pit_id } = await (position === undefined ? searched : searched.catch(expired))
    const { value } = hits.total
    const last = hits.hits[limit - 1]
    const depth = (position?.depth ?? 0) + limit
    const more = last !== undefined && hits.hits.length > limit && depth < MAX_HITS
    return {
      engine: 'opensearch',
      ids: hits.hits.slice(0, limit).map((hit) => hit._id),
      total: { count: Math.min(value, MAX_HITS), more: value > MAX_HITS },
      next: more
        ? {
            engine: 'opensearch',
            index: last._index,
            depth,
            key: last.sort[0] ?? last._id,
            id: last._id,
            // On its second page somebody has begun to read on: from there on all pages are of one moment.
            keep: pit_id ?? keep,
          }
        : null,
    }
  }

  const count: Reader['count'] = async (_ctx, ask, wanted): Promise<Counted> => {
    const body = { query: queryOf(fields, ask), size: 0, track_total_hits: false, aggs: aggregationsOf(wanted) }
    const { aggregations } = await server.ask({ method: 'POST', path: `/${names.alias}/_search`, body }, Aggregated)
    const buckets = (field: string) => Terms.parse(aggregations[field]).buckets
    return {
      keywords: Object.fromEntries(
        wanted.keywords.map((field) => [
          field,
          buckets(field).map(({ key, doc_count }) => ({ value: key, count: doc_count })),
        ]),
      ),
      amount: wanted.amount === undefined ? null : amountsOf(aggregations, wanted.amount.ranges.length),
    }
  }

  return { find, count }
}

const Terms = z.object({ buckets: z.array(z.object({ key: z.string(), doc_count: z.int() })) })
const Edge = z.object({ value: z.number().nullable() })
const Ranges = z.object({ buckets: z.record(z.string(), z.object({ doc_count: z.int() })) })
const Aggregated = z.object({
  timed_out: z.literal(false),
  _shards: z.object({ failed: z.literal(0) }),
  aggregations: z.record(z.string(), z.unknown()),
})

function amountsOf(aggregations: Readonly<Record<string, unknown>>, ranges: number): NonNullable<Counted['amount']> {
  const { buckets } = Ranges.parse(aggregations['amount ranges'])
  return {
    min: Edge.parse(aggregations['amount min']).value,
    max: Edge.parse(aggregations['amount max']).value,
    counts: Array.from({ length: ranges }, (_, index) => buckets[`range${index}`]?.doc_count ?? 0),
  }
}

/**
 * The point in time that pages are read from. A first page has none: most searches end there, and a server keeps only some
 * hundreds. Where it has no room for another one, pages go on from the last hit as the index is by then.
 */
async function pointOf(
  server: Server,
  { index, keep }: { index: string; keep: string | null },
): Promise<string | null> {
  if (keep !== null) return keep
  return server.pointInTime(index).catch((error: unknown) => {
    const status = statusOf(error)
    if (status === 404) throw cursorExpired()
    if (status === undefined) throw error
    return null
  })
}
