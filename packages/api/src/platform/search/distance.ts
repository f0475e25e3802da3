/** From so many letters on, a word is also looked for inside of others. */
export const INSIDE_FROM = 4
/** The most words that one mistyped word may mean, the likeliest first. */
export const MAX_MEANINGS = 50

/**
 * How many letters may be wrong in a word, by its length: OpenSearch's `AUTO`. What has a digit in it is a number, a size or
 * a code: another one is not a mistyped one.
 */
export const allowedTypos = (word: string): number => {
  if (/\p{N}/u.test(word)) return 0
  const { length } = [...word]
  if (length < 3) return 0
  return length < 6 ? 1 : 2
}

/**
 * How many letters are wrong: one too many, one missing, another one, or two in each other's place. Gives up beyond `max`.
 */
export function distance(left: string, right: string, max: number): number {
  const [a, b] = [[...left], [...right]]
  if (Math.abs(a.length - b.length) > max) return max + 1
  let older: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of a.entries()) {
    const row = [i + 1]
    for (const [j, other] of b.entries()) {
      const same = letter === other ? 0 : 1
      let best = Math.min((above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, (above[j] ?? 0) + same)
      if (i > 0 && j > 0 && letter === b[j - 1] && a[i - 1] === other) best = Math.min(best, (older[j - 1] ?? 0) + 1)
      row.push(best)
    }
    if (Math.min(...row) > max) return max + 1
    older = above
    above = row
  }
  return above.at(-1) ?? 0
}
