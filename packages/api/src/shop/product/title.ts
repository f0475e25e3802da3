import { type RawBuilder, sql } from 'kysely'

/** Keeps the products whose title holds every one of these words, in any order and case. Served by the trigram index. */
export function titleHolds(text: string): RawBuilder<boolean> {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const patterns = words.map((word) => sql`product.title ilike ${`%${word.replace(/[\\%_]/g, '\\$&')}%`}`)
  return sql`(${sql.join(patterns, sql` and `)})`
}
