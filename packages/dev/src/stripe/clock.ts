/** The server's clock: the machine's, and what it was put forward by. */
export interface Clock {
  /** Milliseconds of Unix time. */
  now(): number
  /** Whole seconds of Unix time, as Stripe writes it. */
  seconds(): number
  advance(ms: number): void
}

export function createClock(): Clock {
  let ahead = 0
  const now = () => Date.now() + ahead
  return {
    now,
    seconds: () => Math.floor(now() / 1_000),
    advance(ms) {
      ahead += ms
    },
  }
}
