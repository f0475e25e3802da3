import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { CacheStore, Look } from '../ports/cache.ts'
import { type Scripted, scripts } from './redis-cache-scripts.ts'

interface Settings {
  readonly url: string
  /** What the names of all keys begin with: shops that share a Redis differ in it. */
  readonly prefix: string
}

/** A cache that takes longer than this is slower than what it spares. */
const PATIENCE_MS = 250
/** After a failure nobody asks for so long: else each read would be slow in its turn. */
const REST_MS = 1_000
/** Whoever makes an answer is the only one to do so for this long; others wait for it a shorter while, then make their own. */
const LEAD_MS = 1_000
const WAIT_MS = 300
const POLL_MS = 15
/** Far longer than any answer is kept: when a version goes, its answers have gone. */
const VERSION_MS = 24 * 60 * 60 * 1000
/** A tag of every answer. */
const EVERYTHING = '*'

/**
 * Keeps answers in a Redis that all processes share. Each tag has a version, random so that one which was thrown out never
 * comes back; an answer holds the versions that its tags had when it was kept, and is given while they are the same.
 * One more version changes with every change: an answer during whose making it changed is not kept.
 */
export function openRedisCache({ url, prefix }: Settings, log: Logger): CacheStore {
  // ioredis makes a method of each script; its types do not know of them.
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    commandTimeout: PATIENCE_MS,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    scripts,
  }) as Redis & Scripted
  redis.on('error', (error: Error) => log.debug({ err: error }, 'cache not reached'))
  redis.once('ready', () => void warnOfHoarding(redis, log).catch(() => {}))

  const me = randomUUID()
  // One slot of a cluster: the scripts touch an answer and the versions of its tags together.
  const slot = `{${prefix}-cache}`
  const versions = `${slot}:version:`
  const changes = `${slot}:changes`
  const answerOf = (key: string) => `${slot}:answer:${createHash('sha256').update(key).digest('base64url')}`
  const leadOf = (key: string) => `${answerOf(key)}:lead`

  let connecting: Promise<unknown> | undefined
  let restsUntil = 0
  /** A change that Redis could not be told of: everything counts as changed before anything is read there again. */
  let missed = false

  const tell = (tags: readonly string[]) => redis.cacheDrop(changes, randomUUID(), VERSION_MS, versions, ...tags)

  async function ask<T>(question: () => Promise<T>): Promise<T> {
    if (performance.now() < restsUntil) throw new Error('Redis was not reached a moment ago')
    try {
      connecting ??= redis.connect()
      await connecting
      if (missed) await tell([EVERYTHING])
      missed = false
      return await question()
    } catch (error) {
      restsUntil = performance.now() + REST_MS
      // It goes on trying by itself; from now on its commands say how that goes.
      connecting = Promise.resolve()
      throw error
    }
  }

  const look = (key: string) =>
    ask(() => redis.cacheLookBuffer(answerOf(key), changes, leadOf(key), me, LEAD_MS, VERSION_MS, versions))

  return {
    name: 'redis',
    shared: true,
    async look(key): Promise<Look> {
      for (const deadline = performance.now() + WAIT_MS; ; await sleep(POLL_MS)) {
        const said = await look(key)
        if (said.length === 3) {
          const [body, etag, leftMs] = said
          return { answer: { body, etag: etag.toString(), leftMs } }
        }
        const [begun, leads] = said
        if (leads === 1 || performance.now() > deadline) {
          return { ticket: { begun: begun.toString(), leads: leads === 1 } }
        }
      }
    },
    async keep(key, { begun }, tags, { body, etag, leftMs }) {
      const fields = [begun, body, etag, Math.ceil(leftMs), randomUUID(), VERSION_MS, versions]
      await ask(() => redis.cacheKeep(answerOf(key), changes, ...fields, EVERYTHING, ...tags))
    },
    async finish(key) {
      await ask(() => redis.cacheFinish(leadOf(key), me))
    },
    async drop(tags) {
      try {
        await ask(() => tell(tags ?? [EVERYTHING]))
      } catch (error) {
        missed = true
        throw error
      }
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect()
    },
  }
}

/** Asks `INFO`, which services that rent Redis out allow, unlike `CONFIG`. */
async function warnOfHoarding(redis: Redis, log: Logger): Promise<void> {
  const policy = (await redis.info('memory')).match(/^maxmemory_policy:(\S+)/m)?.[1]
  if (policy !== 'noeviction') return
  log.warn('The cache’s Redis keeps everything: give it a maxmemory, and maxmemory-policy allkeys-lru')
}
