import type { Taken } from './standing.ts'

interface Window {
  taken: number
  /** On the clock of `performance.now()`, which nobody sets. */
  readonly until: number
}

/**
 * Counts points in windows of one length, each from the first point taken, in this process: what every call is counted by.
 * It counts as rate-limiter-flexible's limiter in memory does, but at once: that one takes promises, timers and several
 * objects for what each call does twice.
 */
export class Windows {
  readonly points: number
  readonly #ms: number
  /** The one that ends first comes first. */
  readonly #windows = new Map<string, Window>()

  constructor({ points, seconds }: { points: number; seconds: number }) {
    this.points = points
    this.#ms = seconds * 1000
  }

  /** How many windows it holds. */
  get size(): number {
    return this.#windows.size
  }

  /** What is refused is taken all the same; fewer than no points are given back. */
  take(key: string, points: number): Taken {
    const now = performance.now()
    const open = this.#windows.get(key)
    const window = open !== undefined && open.until > now ? open : this.#open(key, now)
    window.taken += points
    this.#sweep(now)
    return { allowed: window.taken <= this.points, consumed: window.taken, ms: window.until - now }
  }

  /**
   * Has points count that were taken elsewhere, in the window that is open; no more than there are, so that the first one
   * who is refused is refused here.
   */
  add(key: string, points: number): void {
    const open = this.#windows.get(key)
    if (open === undefined || open.until <= performance.now() || open.taken >= this.points) return
    open.taken = Math.min(this.points, open.taken + points)
  }

  #open(key: string, now: number): Window {
    const window = { taken: 0, until: now + this.#ms }
    this.#windows.delete(key)
    this.#windows.set(key, window)
    return window
  }

  /** Each call takes two away that have ended, so there are soon no more than those that have not. */
  #sweep(now: number): void {
    let left = 2
    for (const [key, { until }] of this.#windows) {
      if (until > now || left === 0) return
      this.#windows.delete(key)
      left -= 1
    }
  }
}
