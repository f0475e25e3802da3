import { createHmac } from 'node:crypto'
import pg from 'pg'
import type { Logger } from 'pino'
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterStoreAbstract,
} from 'rate-limiter-flexible'
import type { Config } from '../config.ts'
import { common } from '../errors.ts'
import { COUNTS_TABLE } from '../limits/entity.ts'
import { type Limit, type LimitName, limitNames, limits } from '../limits/table.ts'
import { countTogether } from '../limits/together.ts'
import type { Limits, Standing } from '../ports/limits.ts'

const DAY_SECONDS = 86_400
/** Bursts come back over ten windows. */
const BURST_WINDOWS = 10
/** More strikes than anybody collects in a day. */
const NO_END = 1_000_000_000

interface Counter {
  readonly limiter: RateLimiterMemory | RateLimiterStoreAbstract
  readonly burst?: RateLimiterMemory
}

type Options = { keyPrefix: string; points: number; duration: number; insuranceLimiter?: RateLimiterMemory }

/** A store that all processes share: how a limiter on it is made, and how it is closed. */
interface Store {
  limiter(options: Options & { inMemoryBlockOnConsumed?: number }): RateLimiterStoreAbstract
  close(): Promise<void>
  /** Waits for the first connection; afterwards for nothing. */
  ready(): Promise<void>
}

/** Counts by rate-limiter-flexible: in memory, and in PostgreSQL or Redis for what all processes limit together. */
export async function openLimits({ limits: config, database, secrets }: Config, log: Logger): Promise<Limits> {
  const { redisUrl } = config
  const store = redisUrl === undefined ? inPostgres(database, log) : await inRedis(redisUrl, database.timeoutMs, log)
  const scaled = (bound: number) => Math.max(1, Math.round(bound * config.scale))
  const pointsOf = (name: LimitName) => config.points.get(name) ?? scaled(limits[name].points)

  const counters = new Map(limitNames.map((name) => [name, counterOf(name)]))
  const strikes = store.limiter({ keyPrefix: 'strikes', points: NO_END, duration: DAY_SECONDS })
  const places = new Map<string, number>()
  const together = countTogether((name, key, points) => {
    const [limit, part] = name.split('/')
    // What another process counts has the names that it has here.
    const found = counters.get(limit as LimitName)
    const limiter = part === 'burst' ? found?.burst : found?.limiter
    // Of a limiter in memory, this never fails.
    void limiter?.penalty(key, points)
  })

  function counterOf(name: LimitName): Counter {
    const { seconds: duration, burst, ...limit }: Limit = limits[name]
    const options = { keyPrefix: name, points: pointsOf(name), duration }
    if (limit.store === 'process') {
      const limiter = new RateLimiterMemory(options)
      if (burst === undefined) return { limiter }
      const more = { keyPrefix: name, points: scaled(burst), duration: duration * BURST_WINDOWS }
      return { limiter, burst: new RateLimiterMemory(more) }
    }
    return {
      limiter: store.limiter({
        ...options,
        // What has run out is refused from memory, without asking the store; but not where points come back.
        ...(limit.counts === 'calls' && { inMemoryBlockOnConsumed: options.points + 1 }),
        ...(limit.storeAway === 'count here' && { insuranceLimiter: new RateLimiterMemory(options) }),
      }),
    }
  }

  const counter = (name: LimitName): Counter => {
    const found = counters.get(name)
    if (found === undefined) throw new Error(`there is no limit ${name}`)
    return found
  }

  /** Addresses are personal: the store sees what nobody can turn back, and another for each limit. */
  const keyOf = (name: LimitName, who: string): string =>
    limits[name].store === 'process'
      ? who
      : createHmac('sha256', secrets[0] ?? '')
          .update(`limit:${name}:${who}`)
          .digest('base64url')

  /** What the store did; `busy` when it did not. */
  async function asked<T>(name: LimitName, work: () => Promise<T>): Promise<T> {
    try {
      if (limits[name].store === 'shared') await store.ready()
      return await work()
    } catch (error) {
      log.warn({ err: error, limit: name }, 'limits not counted')
      throw common.busy()
    }
  }

  return {
    pointsOf,
    scaled,
    async take(name, who, points = 1) {
      const { limiter, burst } = counter(name)
      const key = keyOf(name, who)
      const first = await asked(name, () => consume(limiter, key, points))
      if (limits[name].store === 'process') together.note(name, key, points)
      const standing = standingOf(name, limiter.points, first)
      if (first.allowed || burst === undefined) return standing
      const more = await consume(burst, key, points)
      together.note(`${name}/burst`, key, points)
      if (more.allowed) return { ...standing, allowed: true }
      return {
        ...standing,
        ...standingOf(name, burst.points, more),
        points: limiter.points,
        remaining: 0,
        resetMs: Math.min(first.ms, more.ms),
      }
    },
    async giveBack(name, who) {
      await asked(name, () => counter(name).limiter.reward(keyOf(name, who), 1))
    },
    async hold(name, who, seconds) {
      await asked(name, () => counter(name).limiter.block(keyOf(name, who), seconds))
    },
    async forget(name, who) {
      const key = keyOf(name, who)
      await asked(name, () => Promise.all([counter(name).limiter.delete(key), strikes.delete(key)]))
    },
    async strikes(name, who, more) {
      return (await asked(name, () => consume(strikes, keyOf(name, who), more))).consumed
    },
    enter(bound, who) {
      const taken = places.get(who) ?? 0
      if (taken >= bound) return undefined
      places.set(who, taken + 1)
      let left = false
      return () => {
        if (left) return
        left = true
        const still = (places.get(who) ?? 1) - 1
        if (still === 0) places.delete(who)
        else places.set(who, still)
      }
    },
    async [Symbol.asyncDispose]() {
      together.close()
      await store.close()
    },
  }
}

interface Consumed {
  readonly allowed: boolean
  readonly consumed: number
  readonly ms: number
  /** Whether it is the first that is refused. */
  readonly first: boolean
}

/** The library refuses by rejecting with a result, and fails by rejecting with an error. */
async function consume(
  limiter: RateLimiterMemory | RateLimiterStoreAbstract,
  key: string,
  points: number,
): Promise<Consumed> {
  const read = (allowed: boolean, { consumedPoints: consumed = 0, msBeforeNext: ms }: RateLimiterRes): Consumed => {
    const first = !allowed && consumed > limiter.points && consumed - points <= limiter.points
    return { allowed, consumed, ms, first }
  }
  try {
    return read(true, await limiter.consume(key, points))
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return read(false, refusal)
    throw refusal
  }
}

function standingOf(limit: LimitName, points: number, { allowed, consumed, ms, first }: Consumed): Standing {
  return {
    ...{ limit, allowed, points },
    windowSeconds: limits[limit].seconds,
    remaining: allowed ? Math.max(0, points - consumed) : 0,
    resetMs: ms,
    firstRefusal: first,
  }
}

/**
 * On connections of its own, two at most: a call may hold one of the shop's while it asks here, and none of those would
 * come free if all did. They open with the first question.
 */
function inPostgres(database: Config['database'], log: Logger): Store {
  const pool = new pg.Pool({
    connectionString: database.url,
    max: 2,
    connectionTimeoutMillis: database.timeoutMs,
    query_timeout: database.timeoutMs,
    statement_timeout: database.timeoutMs,
    keepAlive: true,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
  })
  pool.on('error', (error) => log.warn({ err: error }, 'connection of limits lost'))
  return {
    // The table is of the schema, and a schedule of the worker prunes it.
    limiter: (options) =>
      new RateLimiterPostgres({
        ...options,
        storeClient: pool,
        storeType: 'pool',
        tableName: COUNTS_TABLE,
        tableCreated: true,
        clearExpiredByTimeout: false,
      }),
    close: () => pool.end(),
    ready: async () => {},
  }
}

async function inRedis(url: string, timeoutMs: number, log: Logger): Promise<Store> {
  // Loaded by the shops that use it.
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    lazyConnect: true,
    // While it is away nobody waits for it.
    enableOfflineQueue: false,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    keyPrefix: 'barrow:limits:',
    retryStrategy: (tries) => Math.min(tries * 100, 2_000),
  })
  redis.on('error', (error) => log.warn({ err: error }, 'redis of limits not reached'))
  let connected: Promise<void> | undefined
  return {
    limiter: (options) => new RateLimiterRedis({ ...options, storeClient: redis }),
    // One that fails is told of by the event, and tried again by the client.
    ready: () => (connected ??= redis.connect().catch(() => undefined)),
    close: async () => redis.disconnect(),
  }
}
