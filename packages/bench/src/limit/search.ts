import { available, type Card, cardOf } from './catalog.ts'
import { Refused } from './refused.ts'
import type { Call } from './server.ts'

// Which index answers, what the words mean, which products they find, how well, how many, and the cards of the first: in
// one statement. Of the two places that an index can be in it knows the first.
const found = {
  name: 'search',
  text: `
    with word as (
      select word, place, to_tsquery('english', word) as stem, to_tsquery('simple', word) as plain,
        to_tsquery('simple', word || ':*') as begun, place = cardinality($1::text[]) as typing
      from unnest($1::text[]) with ordinality as word (word, place)
    ), asked as materialized (
      select array_to_string(array_agg('(' ||
        case when typing and stem = plain then begun when typing then stem || begun else stem || plain end::text
        || ')' order by place), ' & ')::tsquery as words
      from word
    ), hit as materialized (
      select d.id, ts_rank('{0.125, 0.25, 0.5, 1}'::float4[], d.words, asked.words)::float8
        + case when d.words @@ $2::tsquery then 10 else 0 end as rank
      from asked, search_document d
      where d.slot = 0 and d.gone_at is null and d.words @@ (asked.words || $2::tsquery)
        and d.keywords @> array['currency:' || $3]
      limit 10001
    ), page as (
      select id, rank from hit order by rank desc, id limit $4
    )
    select index.name as index, (select count(*) from hit) as total, page.rank, page.id, product.slug, product.title,
      product.vendor, product.type, product.images->0 as image, listed.min_amount as amount,
      listed.max_amount as "maxAmount", listed.compare_at_amount as "compareAtAmount",
      listed.variant_count as "variantCount", ${available('page.id', '$3')} as available
    from search_index index
    left join page on true
    left join product on product.id = page.id
    left join listed_price listed on listed.product_id = page.id and listed.currency = $3
    where index.engine = 'postgres' and index.state = 'active' and index.slot = 0
    order by page.rank desc, page.id`,
}

/** Products by words, the best first; the words as the journeys type them, and no others. */
export async function search({ pool, input }: Call): Promise<string> {
  const { q, currency, limit } = input as { q: string; currency: string; limit: number }
  const values = [q.split(' '), `'=${q}'`, currency, limit + 1]
  const { rows } = await pool.query<Card & { index: string; total: number; rank: number }>({ ...found, values })
  const [first] = rows
  if (first === undefined || first.total === 0) throw new Refused('nothing found, or the index is elsewhere')
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  const position = more
    ? [`search:relevance:${currency}`, 'postgres', first.index, 0, limit, last.rank, last.id, null]
    : null
  const json = {
    rows: shown.map(({ index: _, total: __, rank: ___, ...card }) => cardOf(card, currency)),
    next: position && Buffer.from(JSON.stringify(position)).toString('base64url'),
    total: { count: Math.min(first.total, 10_000), more: first.total > 10_000 },
    loose: false,
    facets: { categories: null, price: null, attributes: null, available: null },
  }
  return JSON.stringify({ json })
}
