import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import type { Changes } from '../changes.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Answer, AtHand, CacheStore, Fresh } from '../ports/cache.ts'

/** Answers that are the same for everybody who asks the same. */
export interface Cache extends AsyncDisposable {
  /**
   * The answer under a key, made by `make` where there is none. Of many who ask at once one makes it, the others get the
   * same. What `make` throws is nobody else's: each of them makes an answer of their own then.
   */
  read(key: string, make: () => Promise<Fresh>): Promise<Answer>
  /** The answer under a key, if it can be had without waiting. Whoever gives it says so by `gave`. */
  atHand(key: string): AtHand | undefined
  /** Counts an answer that was at hand. */
  gave(): void
  /** Tells that aggregates have changed, by their keys; anything may have, when it is null. Never rejects. */
  drop(keys: readonly string[] | null): Promise<void>
}

/** The largest answer that is kept. */
const MAX_BYTES = 1024 * 1024

interface Flight {
  /** How many changes this process knew of when it began. */
  readonly changes: number
  readonly answer: Promise<Answer>
}

interface Around {
  /** The kinds of aggregates that answers are made of; changes of others are nothing to the cache. */
  readonly kinds: ReadonlySet<string>
  readonly changes: Changes
  readonly metrics: Metrics
  readonly log: Logger
}

/**
 * Why no answer outlives a change of what it is made of. A reader takes a ticket, then reads the database; a writer commits,
 * then tells. If the reader saw the state before the commit, its ticket is older than the telling, and the store refuses
 * what it made; if its ticket is younger, it reads after the commit. Between commit and telling the old answer is still
 * given. Word that is lost, as of a process killed right after its commit, comes again with the event; and until then, or
 * where nothing was published, the bound of the answer ends it. While the connection that hears other processes is down
 * nothing is heard, so the store is emptied when it breaks, and again when it is back.
 */
export function createCache(store: CacheStore, { kinds, changes, metrics, log }: Around): Cache {
  const flights = new Map<string, Flight>()
  const count = (outcome: 'miss' | 'error') => metrics.cacheReads.inc({ cache: store.name, outcome })
  const hits = metrics.cacheReads.series({ cache: store.name, outcome: 'hit' })
  let known = 0
  let deafen: (() => void) | undefined

  const tagsOf = (keys: readonly string[]) => [
    ...new Set(keys.flatMap((key) => (kinds.has(kindOf(key)) ? [key, kindOf(key)] : []))),
  ]

  async function drop(keys: readonly string[] | null, tellStore: boolean): Promise<void> {
    const tags = keys === null ? null : tagsOf(keys)
    if (tags?.length === 0) return
    known += 1
    if (tellStore) await unlessAway(store.drop(tags))
  }

  /** Whatever is wrong with the store, an answer can be made without it. */
  const unlessAway = <T>(said: Promise<T>): Promise<T | undefined> =>
    said.catch((error: unknown) => {
      log.debug({ err: error }, 'cache not reached')
      return undefined
    })

  async function readOnce(key: string, make: () => Promise<Fresh>): Promise<Answer> {
    const look = await unlessAway(store.look(key))
    if (look !== undefined && 'answer' in look) {
      hits.add()
      return look.answer
    }
    count(look === undefined ? 'error' : 'miss')
    const began = performance.now()
    const ticket = look?.ticket
    try {
      const fresh = await make()
      const answer = answerOf(fresh, began)
      if (ticket?.leads && answer.leftMs > 0 && answer.body.length <= MAX_BYTES) {
        await unlessAway(store.keep(key, ticket, fresh.tags, answer))
      }
      return answer
    } finally {
      if (ticket?.leads) await unlessAway(store.finish(key, ticket))
    }
  }

  return {
    async read(key, make) {
      // Nobody who never reads holds a connection to hear of changes.
      deafen ??= changes.on(null, (keys) => void drop(keys, !store.shared))
      const flight = flights.get(key)
      if (flight !== undefined && flight.changes === known) {
        const answer = await flight.answer.catch(() => undefined)
        if (answer === undefined) return answerOf(await make(), performance.now())
        hits.add()
        return answer
      }
      const own: Flight = { changes: known, answer: readOnce(key, make) }
      flights.set(key, own)
      try {
        return await own.answer
      } finally {
        if (flights.get(key) === own) flights.delete(key)
      }
    },
    atHand: (key) => store.atHand?.(key),
    gave: () => hits.add(),
    drop: (keys) => drop(keys, true),
    async [Symbol.asyncDispose]() {
      deafen?.()
      await store[Symbol.asyncDispose]()
    },
  }
}

const answerOf = ({ body, maxAgeMs }: Fresh, began: number): Answer => ({
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  leftMs: maxAgeMs - (performance.now() - began),
})

/** `product` of `product_01k…`: every key of an aggregate begins with its kind. */
export const kindOf = (key: string): string => key.slice(0, key.lastIndexOf('_'))
