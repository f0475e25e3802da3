import type { Question } from './statement.ts'

/** A write that answers a row for each row it wrote: `insert … returning`, `update … returning`. */
export type Write = Question<unknown>

/** The one text of each list of texts. Writes are statements that are built once, so there are few of them. */
const merged = new Map<string, string>()

/**
 * Several writes as one statement, which answers how many rows each has written. None of them sees what another writes;
 * foreign keys between them are checked at the end. They take their locks in the order in which they are given.
 */
export function oneOf(writes: readonly Write[]): Question<{ counts: number[] }> {
  const key = writes.map(({ text }) => text).join(';')
  const known = merged.get(key)
  const text = known ?? merge(writes)
  if (known === undefined) merged.set(key, text)
  return { text, values: writes.flatMap(({ values }) => values) }
}

function merge(writes: readonly Write[]): string {
  let before = 0
  const parts = writes.map(({ text, values }, index) => {
    const from = before
    before += values.length
    return `write${index} as (${text.replaceAll(/\$(\d+)/g, (_, n: string) => `$${Number(n) + from}`)})`
  })
  const counts = writes.map((_, index) => `(select count(*)::int from write${index})`)
  return `with ${parts.join(', ')} select array[${counts.join(', ')}] as counts`
}
