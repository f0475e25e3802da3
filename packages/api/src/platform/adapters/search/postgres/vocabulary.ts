import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import { allowedTypos, distance, INSIDE_FROM, MAX_MEANINGS } from '../../../search/distance.ts'

/** The words of the documents that a word may mean: it stands inside of them, or they are it but for a typo or two. */
export async function meanings(ctx: Context, slot: number, word: string): Promise<string[]> {
  const inside = [...word].length < INSIDE_FROM ? [] : await containing(ctx, slot, word)
  const alike = await resembling(ctx, slot, word)
  return [...new Set([...inside, ...alike])]
}

async function containing(ctx: Context, slot: number, word: string): Promise<string[]> {
  const pattern = `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`
  const { rows } = await sql<{ word: string }>`
    select word from search_word where slot = ${sql.lit(slot)} and word like ${pattern}
    order by length(word), word limit ${sql.lit(MAX_MEANINGS)}`.execute(ctx.em.getKysely())
  return rows.map((row) => row.word)
}

/**
 * The first letter is taken to be right: that is a part of the vocabulary, found by its order. Of its words, PostgreSQL
 * leaves those out that have too many letters which the other one has not, either way round: what comes is little.
 */
async function resembling(ctx: Context, slot: number, word: string): Promise<string[]> {
  const typos = allowedTypos(word)
  const [initial = ''] = word
  if (typos === 0) return []
  const { length } = [...word]
  const { rows } = await sql<{ word: string }>`
    select word from search_word
    where slot = ${sql.lit(slot)} and word >= ${initial} and word < ${`${initial}\u{10ffff}`}
      and char_length(word) between ${length - typos} and ${length + typos}
      and char_length(translate(word, ${word}, '')) <= ${typos}
      and char_length(translate(${word}, word, '')) <= ${typos}`.execute(ctx.em.getKysely())
  return rows
    .map((row) => ({ word: row.word, typos: distance(word, row.word, typos) }))
    .filter((candidate) => candidate.typos <= typos)
    .sort((left, right) => left.typos - right.typos || (left.word < right.word ? -1 : 1))
    .slice(0, MAX_MEANINGS)
    .map((candidate) => candidate.word)
}
