import type { Standing } from '../ports/limits.ts'
import { type LimitName, limits } from './table.ts'

/** Where a key stands in its window after points were taken. */
export interface Taken {
  readonly allowed: boolean
  /** With those taken now. */
  readonly consumed: number
  /** How many milliseconds are left of the window. */
  readonly ms: number
}

/** What a caller is told after `points` were taken from a limit of so many. */
export function standingOf(
  limit: LimitName,
  { allowed, consumed, ms }: Taken,
  { of, points }: { of: number; points: number },
): Standing {
  return {
    limit,
    allowed,
    points: of,
    windowSeconds: limits[limit].seconds,
    remaining: allowed ? Math.max(0, of - consumed) : 0,
    resetMs: ms,
    firstRefusal: !allowed && consumed > of && consumed - points <= of,
  }
}
