import { type RawBuilder, sql } from 'kysely'

/**
 * Keeps the products whose title holds every one of these words, in any order and case. A word of one or two Latin letters
 * or digits has to begin a word of the title: within words no index finds so little. Where there is no word, every title
 * holds them all.
 */
export function titleHolds(text: string): RawBuilder<boolean> {
  const words = text.split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return sql`true`
  const patterns = words.map((word) => {
    const literal = word.replace(/[\\%_]/g, '\\$&')
    if (!/^[\p{Script=Latin}\p{N}]{1,2}$/u.test(word)) return sql`product.title ilike ${`%${literal}%`}`
    return sql`(product.title ilike ${`${literal}%`} or product.title ilike ${`% ${literal}%`})`
  })
  return sql`(${sql.join(patterns, sql` and `)})`
}
