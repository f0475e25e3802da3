import type { Outcome } from '../../platform/ports/outbound.ts'

const minutes = (count: number) => count * 60
const hours = (count: number) => count * 3600

/** The pauses after the first, second, … failure, in seconds: together a little over three days. */
const PAUSES = [
  5,
  minutes(1),
  minutes(5),
  minutes(30),
  hours(2),
  hours(5),
  hours(10),
  hours(14),
  hours(18),
  hours(23),
] as const

export type Verdict =
  | { readonly status: 'delivered' }
  | { readonly status: 'failed'; readonly pauseSeconds: number }
  /** `gone`: the receiver said that it wants no more, ever. */
  | { readonly status: 'dead'; readonly gone: boolean }

/**
 * What becomes of a delivery after an attempt. `failures` are those before it; `chance`, from 0 to 1, lengthens the pause
 * by up to a tenth, so that what failed together does not come back together.
 */
export function verdictOn(outcome: Outcome, failures: number, chance: number): Verdict {
  if (outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300) return { status: 'delivered' }
  if (outcome.kind === 'answered' && outcome.status === 410) return { status: 'dead', gone: true }
  const pause = PAUSES[failures]
  return pause === undefined
    ? { status: 'dead', gone: false }
    : { status: 'failed', pauseSeconds: pause * (1 + chance / 10) }
}
