import { type Refusal, refusalOf } from '../failure.ts'

/** What one call of the shop writes at most. */
const MAX_BATCH = 250

/** Kinds of errors that are about what was asked, so that asking for less can work. */
const aboutTheInput = new Set(['invalid', 'conflict', 'not_found'])

/** The shop's answer to this input; any other error is thrown on. */
export function refusalOfInput(error: unknown): Refusal {
  const refusal = refusalOf(error)
  if (refusal !== undefined && aboutTheInput.has(refusal.kind)) return refusal
  throw error
}

/**
 * Writes rows in batches. A batch that the shop refuses is halved until the bad rows stand alone: they are reported, and
 * every good one is written.
 */
export async function writeBatches<Row>(
  rows: readonly Row[],
  write: (batch: readonly Row[]) => Promise<void>,
  refused: (row: Row, refusal: Refusal) => void,
): Promise<void> {
  const attempt = async (batch: readonly Row[]): Promise<void> => {
    try {
      await write(batch)
    } catch (error) {
      const refusal = refusalOfInput(error)
      const [row] = batch
      if (row === undefined) return
      if (batch.length === 1) return refused(row, refusal)
      const half = Math.ceil(batch.length / 2)
      await attempt(batch.slice(0, half))
      await attempt(batch.slice(half))
    }
  }
  for (let start = 0; start < rows.length; start += MAX_BATCH) await attempt(rows.slice(start, start + MAX_BATCH))
}
