import { demandText } from './demand.ts'
import type { Question } from './statement.ts'

/** A write that answers a row for each row it wrote: `insert … returning`, `update … returning`. */
export type Write = Question<unknown>

/** The one text of each list of texts. Writes are statements that are built once, so there are few of them. */
const merged = new Map<string, string>()

/**
 * Several writes as one statement, which answers how many rows each has written. None of them sees what another writes;
 * foreign keys between them are checked at the end. They take their locks in the order in which they are given.
 */
export const oneOf = (writes: readonly Write[]): Question<{ counts: number[] }> => asOne(writes, 'true')

/** The same, where each has to write one row: it fails, by `isUnmet`, when one of them does not. */
export const eachOne = (writes: readonly Write[]): Question<{ counts: number[] }> => asOne(writes, '1 = all (counts)')

function asOne(writes: readonly Write[], demanded: string): Question<{ counts: number[] }> {
  const key = [demanded, ...writes.map(({ text }) => text)].join(';')
  const known = merged.get(key)
  const text = known ?? merge(writes, demanded)
  if (known === undefined) merged.set(key, text)
  return { text, values: writes.flatMap(({ values }) => values) }
}

function merge(writes: readonly Write[], demanded: string): string {
  let before = 0
  const parts = writes.map(({ text, values }, index) => {
    const from = before
    before += values.length
    return `write${index} as (${text.replaceAll(/\$(\d+)/g, (_, n: string) => `$${Number(n) + from}`)})`
  })
  const counts = writes.map((_, index) => `(select count(*)::int from write${index})`)
  return `with ${parts.join(', ')}
    select counts, ${demandText(demanded)} as met from (select array[${counts.join(', ')}] as counts) written`
}
