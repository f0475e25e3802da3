import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { committed } from './at-commit.ts'
import { tellChanges } from './changes.ts'
import { close } from './closing.ts'
import type { Context } from './context.ts'

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK = '40P01'
const MAX_ATTEMPTS = 5

/**
 * Has the transaction of the statement that selects this commit without waiting for the disk. Only for what is merely done
 * again when PostgreSQL dies within the next moment and forgets it; everything written after it is forgotten as well.
 */
export const unhurried = sql`select set_config('synchronous_commit', 'off', true)`

/** The SQLSTATE of a database error, however deep it is wrapped. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)) return error.code
  return sqlState(error.cause)
}

/**
 * Runs `work` in one transaction and commits what its unit of work changed. PostgreSQL asks that a transaction it broke
 * off (40001, 40P01) be tried again whole, decisions included: so `work` may run up to five times, each with a fresh
 * unit of work, and must do nothing that a rollback does not undo. Inside a transaction already, it joins that one.
 */
export async function inTransaction<T>(ctx: Context, work: (ctx: Context) => Promise<T>): Promise<T> {
  if (ctx.em.isInTransaction()) return work({ ...ctx, isJoined: true })
  for (let attempt = 1; ; attempt++) {
    try {
      const marks = {}
      // Of a fork: the ORM's own would join the transaction of whoever calls in process.
      const result = await ctx.orm.em.fork().transactional(async (em) => {
        const inside = { ...ctx, em, marks, isJoined: false }
        const done = await work(inside)
        // What waits in the unit of work comes first: a constraint that it breaks is told as what it means.
        await em.flush()
        await close({ ...inside, isLast: true })
        return done
      })
      committed({ marks })
      await tellChanges({ ...ctx, marks })
      return result
    } catch (error) {
      const state = sqlState(error)
      if ((state !== SERIALIZATION_FAILURE && state !== DEADLOCK) || attempt === MAX_ATTEMPTS) throw error
      ctx.metrics.transactionRetries.inc({ sqlstate: state })
      ctx.log.warn({ sqlState: state, attempt }, 'transaction tried again')
      await sleep(Math.random() * 20 * 2 ** attempt)
    }
  }
}
