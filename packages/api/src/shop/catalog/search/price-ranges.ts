import { decimalsOf } from '../../../platform/money.ts'
import type { Range } from '../../../platform/ports/search.ts'

const steps = [10, 25, 50, 100, 250, 500, 1_000]

/** Round ranges that cover all prices of a currency, in minor units. */
export function roundRanges(currency: string): Range[] {
  // A yen is worth about a cent: what has no decimals counts in hundreds.
  const scale = 10 ** Math.max(2, decimalsOf(currency))
  const bounds = steps.map((step) => step * scale)
  return [undefined, ...bounds].map((min, index) => ({ min, below: bounds[index] }))
}
