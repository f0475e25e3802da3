import { setTimeout as sleep } from 'node:timers/promises'
import type { MikroORM } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import pg from 'pg'
import type { Log } from './log.ts'
import { type Given, statement } from './statement.ts'

/** Where word goes, after each commit, of what has changed: the keys of aggregates, or nothing when they are many. */
export const CHANGES_CHANNEL = 'barrow_changes'
/** A notification of PostgreSQL holds less than 8,000 bytes. */
const MAX_PAYLOAD = 7_500

/** What of a call's context changes are noted by. */
interface Call {
  readonly marks: object
}

/** What the call of a context has changed, told when its transaction has committed. */
const noted = new WeakMap<object, Set<string>>()

/** Notes that an aggregate changes in the transaction of this call: whoever watches it is woken after the commit. */
export function noteChange({ marks }: Call, key: string): void {
  const keys = noted.get(marks) ?? new Set()
  noted.set(marks, keys.add(key))
}

interface Told extends Call {
  readonly orm: MikroORM
  readonly log: Log
  readonly cache: { drop(keys: readonly string[]): Promise<unknown> }
}

/**
 * Tells all processes what a call has changed, once, after its commit: inside the transaction a NOTIFY would make all
 * commits wait for each other. Nothing depends on it, since whoever waits looks by itself as well. Returns when the cache
 * knows, so that whoever made the change reads it.
 */
export async function tellChanges({ orm, log, cache, marks }: Told): Promise<void> {
  const keys = noted.get(marks)
  if (keys === undefined) return
  await cache.drop([...keys])
  const waiting = untold.get(orm) ?? new Set()
  const many = [...keys].join(' ').length > MAX_PAYLOAD
  for (const key of many ? [ANYTHING] : keys) waiting.add(key)
  if (!untold.has(orm)) void tell({ orm, log }, waiting)
}

/** Instead of keys, where they are too many. */
const ANYTHING = ''

/** What waits while a word is under way: of all calls that changed something meanwhile. */
const untold = new WeakMap<MikroORM, Set<string>>()

/** Its commit waits for no disk: whoever listens is awake by then, or hears of nothing anyway. */
const notify = statement(
  (given: Given<string>) =>
    sql`select pg_notify(${sql.lit(CHANGES_CHANNEL)}, ${given((word) => word)}), set_config('synchronous_commit', 'off', true)`,
  { quick: true },
)

async function tell({ orm, log }: Pick<Told, 'orm' | 'log'>, waiting: Set<string>): Promise<void> {
  untold.set(orm, waiting)
  while (waiting.size > 0)
    await notify({ em: orm.em.fork() }, takeWord(waiting)).catch((error: unknown) =>
      log.debug({ err: error }, 'changes not told'),
    )
  untold.delete(orm)
}

/** Takes as many keys as one word holds. */
function takeWord(waiting: Set<string>): string {
  if (waiting.has(ANYTHING)) waiting.clear()
  const word: string[] = []
  let bytes = -1
  for (const key of waiting) {
    bytes += key.length + 1
    if (bytes > MAX_PAYLOAD) break
    word.push(key)
    waiting.delete(key)
  }
  return word.join(' ')
}

/** Gets the keys of what has changed, or null when that may be anything. */
export type Heard = (keys: readonly string[] | null) => void

/** What this process hears of changes, over one connection however many listen; none as long as nobody does. */
export interface Changes extends AsyncDisposable {
  /**
   * Calls `heard` after a commit that changed `key`, or anything at all when it is null; also when it may have been
   * missed, since the connection broke or is new: then it does not know what has changed. Answers how to stop.
   */
  on(key: string | null, heard: Heard): () => void
}

/** Listens to a database for changes, from the first listener on. A connection that breaks is opened anew. */
export function openChanges(databaseUrl: string): Changes {
  const stopping = new AbortController()
  const listeners = new Map<string | null, Set<Heard>>()
  let running: Promise<void> | undefined

  const call = (key: string | null, keys: readonly string[] | null) => {
    for (const heard of listeners.get(key) ?? []) heard(keys)
  }
  const callEverybody = () => {
    for (const key of listeners.keys()) call(key, null)
  }
  const hear = ({ payload = '' }: pg.Notification) => {
    if (payload === '') return callEverybody()
    const keys = payload.split(' ')
    for (const key of [null, ...keys]) call(key, keys)
  }
  return {
    on(key, heard) {
      const own = listeners.get(key) ?? new Set()
      listeners.set(key, own.add(heard))
      running ??= listen(databaseUrl, { hear, unsure: callEverybody, signal: stopping.signal })
      return () => {
        own.delete(heard)
        if (own.size === 0 && listeners.get(key) === own) listeners.delete(key)
      }
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}

interface Ear {
  hear(notification: pg.Notification): void
  /** Called whenever it listens anew, and when it no longer does. */
  unsure(): void
  readonly signal: AbortSignal
}

async function listen(databaseUrl: string, { hear, unsure, signal }: Ear): Promise<void> {
  while (!signal.aborted) {
    const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true, connectionTimeoutMillis: 5_000 })
    const over = Promise.withResolvers<void>()
    const end = () => over.resolve()
    client.on('error', end).once('end', end)
    signal.addEventListener('abort', end)
    try {
      await Promise.race([client.connect(), over.promise])
      client.on('notification', hear)
      await Promise.race([client.query(`listen ${CHANGES_CHANNEL}`), over.promise])
      unsure()
      await over.promise
      if (!signal.aborted) unsure()
    } catch {
      // The next round tries again; that the database is away is said by whoever asks it something.
    }
    signal.removeEventListener('abort', end)
    await client.end().catch(() => {})
    if (!signal.aborted) await sleep(1_000, undefined, { signal }).catch(() => {})
  }
}

/** Waits for one change of a key after the other; one that comes between two waits ends the second at once. */
export interface Bell extends Disposable {
  /** Returns when the key has changed, after `ms` at the latest, and when the signal is aborted. */
  rung(ms: number): Promise<void>
}

export function bellOf(changes: Changes, key: string, signal: AbortSignal): Bell {
  let rang = false
  let nap = new AbortController()
  const ring = () => {
    rang = true
    nap.abort()
  }
  const off = changes.on(key, ring)
  signal.addEventListener('abort', ring, { once: true })
  return {
    async rung(ms) {
      if (!rang && !signal.aborted) {
        nap = new AbortController()
        await sleep(ms, undefined, { signal: nap.signal }).catch(() => {})
      }
      rang = false
    },
    [Symbol.dispose]() {
      off()
      signal.removeEventListener('abort', ring)
    },
  }
}
