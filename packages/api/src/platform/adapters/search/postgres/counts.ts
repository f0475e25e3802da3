import { type RawBuilder, sql } from 'kysely'
import { type Counted, MAX_BUCKETS, type Wanted } from '../../../ports/search.ts'
import { keyword } from './statements.ts'

export type AmountRow = Counted['amount']

/** The values of each wanted field with how many documents have them, most first. */
export function keywordCounts({ keywords }: Wanted): RawBuilder<unknown> {
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

export function amountCounts(slot: number, { amount }: Wanted): RawBuilder<unknown> {
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
