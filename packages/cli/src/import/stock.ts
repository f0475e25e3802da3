import type { Refusal } from '../failure.ts'
import type { Caller } from '../shop.ts'
import { writeBatches } from './batches.ts'
import type { Pair } from './importing.ts'

const MAX_READ = 100

/**
 * Sets the levels the file states. A blank tracker means untracked, its quantity kept; a blank quantity says nothing, so
 * the level stays.
 */
export async function importStock(
  caller: Caller,
  pairs: readonly Pair[],
  refused: (pair: Pair, refusal: Refusal) => void,
): Promise<void> {
  const present = await levelsOf(
    caller,
    pairs.filter(({ outcome }) => outcome !== 'created'),
  )
  const wanted = pairs.flatMap((pair) => {
    const { variant, row } = pair
    // What nobody has counted yet is tracked and empty.
    const { onHand, tracked } = present.get(variant.id) ?? { onHand: 0, tracked: true }
    const level = { variantId: variant.id, onHand: row.quantity ?? onHand, tracked: row.tracked }
    return level.onHand === onHand && level.tracked === tracked ? [] : [{ pair, level }]
  })
  await writeBatches(
    wanted,
    async (batch) => {
      await caller.inventory.setLevels({ levels: batch.map(({ level }) => level), note: 'import' })
      for (const { pair } of batch) if (pair.outcome === 'unchanged') pair.outcome = 'updated'
    },
    ({ pair }, refusal) => refused(pair, refusal),
  )
}

type Level = Awaited<ReturnType<Caller['inventory']['get']>>

async function levelsOf(caller: Caller, pairs: readonly Pair[]): Promise<Map<string, Level>> {
  const levels = new Map<string, Level>()
  for (let start = 0; start < pairs.length; start += MAX_READ) {
    const variantIds = pairs.slice(start, start + MAX_READ).map(({ variant }) => variant.id)
    const { rows } = await caller.inventory.list({ variantIds, limit: MAX_READ })
    for (const level of rows) levels.set(level.variantId, level)
  }
  return levels
}
