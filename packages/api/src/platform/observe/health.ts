import { setTimeout as sleep } from 'node:timers/promises'
import type { Runtime } from '../context.ts'
import { assertMigrated, SchemaBehindError } from '../migrate.ts'

/** What a process says of itself to whoever starts, stops and calls it. */
export interface Health {
  /** Whether it should go on running. Asks nobody else: a database that is away is no reason to restart. */
  isLive(): boolean
  /** Whether work should be sent to it. */
  isReady(): Promise<boolean>
  /** Whether it was ready once. */
  hasStarted(): Promise<boolean>
  /** From now on it is not ready, whatever else is true. */
  drain(): void
  readonly draining: boolean
}

/** What else must be true of a process; in a worker its loops. */
interface Parts {
  readonly isLive?: () => boolean
  readonly isReady?: () => boolean
}

const PATIENCE_MS = 2_000
/** However often it is asked, the database is asked this often. */
const FRESH_MS = 500

/**
 * Ready is a process that reaches its database, finds every migration of its version applied there, and is not about to
 * stop. Carriers of events are not asked: what they lose is found in the database.
 */
export function createHealth(runtime: Runtime, { isLive = () => true, isReady = () => true }: Parts = {}): Health {
  let draining = false
  let started = false
  let last: { readonly at: number; readonly answer: Promise<boolean> } | undefined

  async function look(): Promise<boolean> {
    const answer = lookAtDatabase(runtime)
    return Promise.race([answer, sleep(PATIENCE_MS, false, { ref: false })])
  }
  const database = (): Promise<boolean> => {
    const now = performance.now()
    if (last === undefined || now - last.at > FRESH_MS) last = { at: now, answer: look() }
    return last.answer
  }
  async function ready(): Promise<boolean> {
    const answer = !draining && isLive() && isReady() && (await database()) && !draining
    runtime.metrics.ready.set(answer ? 1 : 0)
    started ||= answer
    return answer
  }
  return {
    isLive,
    isReady: ready,
    hasStarted: async () => started || ready(),
    drain() {
      draining = true
      runtime.metrics.ready.set(0)
    },
    get draining() {
      return draining
    },
  }
}

/** Whether the database is there and has this version's tables. Those of a later version are no hindrance. */
async function lookAtDatabase({ orm, log }: Runtime): Promise<boolean> {
  try {
    await assertMigrated(orm)
    return true
  } catch (error) {
    log.warn({ err: error }, error instanceof SchemaBehindError ? 'database not migrated' : 'database not reached')
    return false
  }
}
