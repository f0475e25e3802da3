import { appendFileSync } from 'node:fs'

/** A call that places an order, as its buyer has it. */
export interface Placement {
  readonly key: string
  readonly cartId: string
  /** What the buyer was shown last, in minor units. */
  readonly shown: number
  /**
   * `unknown`: no answer, or one that does not say; the order was made or was not. `refused`: the shop said no for a
   * reason. `placed`: the shop said yes.
   */
  outcome: 'unknown' | 'refused' | 'placed'
  reason: string
  orderId: string | null
  total: number | null
  /** Makes the same call again: the same input under the same key. */
  readonly repeat: () => Promise<void>
}

/** What buyers have asked for and were told. The shop does not write here. */
export interface History {
  readonly placements: readonly Placement[]
  add(placement: Placement): void
  /** Whatever else a caller was told that no shop should say. */
  readonly surprises: readonly string[]
  surprise(what: string): void
  note(line: object): void
}

/** Keeps it in memory, and what happened in a file of JSON lines. */
export function createHistory(file: string): History {
  const placements: Placement[] = []
  const surprises: string[] = []
  const note = (line: object) => appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`)
  return {
    placements,
    add: (placement) => void placements.push(placement),
    surprises,
    surprise(what) {
      surprises.push(what)
      note({ surprise: what })
    },
    note,
  }
}
