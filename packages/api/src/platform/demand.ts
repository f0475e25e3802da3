import { type RawBuilder, sql } from 'kysely'
import { sqlState } from './transaction.ts'

const DIVISION_BY_ZERO = '22012'

/**
 * A column of a statement that fails where something is not so, and takes with it what was sent behind it, COMMIT included.
 * So whatever is nearly always so need not be heard before the rest is asked.
 *
 * @example await atOnce({ ...ctx, isLast: true }, take.of(demanding)) // or isUnmet(error), and nothing was done
 */
export const demand = (condition: RawBuilder<boolean>): RawBuilder<number> =>
  sql`1 / case when ${condition} then 1 else 0 end`

/** The same for a statement that is put together as text. */
export const demandText = (condition: string): string => `1 / case when ${condition} then 1 else 0 end`

/** Whether a statement has failed by its {@link demand}. */
export const isUnmet = (error: unknown): boolean => sqlState(error) === DIVISION_BY_ZERO
