import type { LimitName, ProcessLimitName, SharedLimitName } from '../limits/table.ts'

/** Where somebody stands with a limit, after taking from it. */
export interface Standing {
  readonly limit: LimitName
  readonly allowed: boolean
  /** How much there is in a window, and how long that is. */
  readonly points: number
  readonly windowSeconds: number
  readonly remaining: number
  /** When the window ends, or when it is worth another try. */
  readonly resetMs: number
  /** Whether this is the refusal that the others of its window follow: the one worth telling of. */
  readonly firstRefusal: boolean
}

/** Counts what is limited. `who` is anything that tells callers apart: it is not kept as it is. */
export interface Limits extends AsyncDisposable {
  /** How many points a limit has here. */
  pointsOf(limit: LimitName): number
  /** How many there may be here of what a number bounds otherwise. */
  scaled(bound: number): number
  /**
   * Takes points, one unless said otherwise. Of many at the same moment, in any process, no more are allowed than there
   * are points. Raises `busy` when the store is away and the limit is one that refuses then.
   */
  take(limit: LimitName, who: string, points?: number): Promise<Standing>
  /** The same, for what is counted in memory: nobody is waited for. */
  takeHere(limit: ProcessLimitName, who: string, points?: number): Standing
  /** Gives one point back. */
  giveBack(limit: LimitName, who: string): Promise<void>
  /** Refuses `who` for so long, whatever was taken. */
  hold(limit: SharedLimitName, who: string, seconds: number): Promise<void>
  /** Forgets what `who` has taken, and their strikes. */
  forget(limit: SharedLimitName, who: string): Promise<void>
  /** How often `who` went beyond a limit within a day, with so many more from now on. */
  strikes(limit: SharedLimitName, who: string, more: 0 | 1): Promise<number>
  /** Takes one of `places` in this process and answers how to leave it; undefined when none is free. */
  enter(places: number, who: string): (() => void) | undefined
}
