import { createHmac } from 'node:crypto'
import pg from 'pg'
import type { Logger } from 'pino'
import {
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterStoreAbstract,
} from 'rate-limiter-flexible'
import type { Config } from '../config.ts'
import { common } from '../errors.ts'
import { COUNTS_TABLE } from '../limits/entity.ts'
import { countHere } from '../limits/here.ts'
import { countLater } from '../limits/later.ts'
import { standingOf, type Taken } from '../limits/standing.ts'
import {
  isLater,
  isOfProcess,
  type LaterLimitName,
  type LimitName,
  limitNames,
  limits,
  type SharedLimitName,
} from '../limits/table.ts'
import type { Limits } from '../ports/limits.ts'

const DAY_SECONDS = 86_400
/** More strikes than anybody collects in a day. */
const NO_END = 1_000_000_000

type StoreLimitName = SharedLimitName | LaterLimitName
type Options = { keyPrefix: string; points: number; duration: number }

/** A store that all processes share: how a limiter on it is made, and how it is closed. */
interface Store {
  limiter(options: Options & { inMemoryBlockOnConsumed?: number }): RateLimiterStoreAbstract
  close(): Promise<void>
  /** Waits for the first connection; afterwards for nothing. */
  ready(): Promise<void>
}

/** Counts in memory, and by rate-limiter-flexible in PostgreSQL or Redis for what all processes limit together. */
export async function openLimits({ limits: config, database, secrets }: Config, log: Logger): Promise<Limits> {
  const { redisUrl } = config
  const store = redisUrl === undefined ? inPostgres(database, log) : await inRedis(redisUrl, database.timeoutMs, log)
  const scaled = (bound: number) => Math.max(1, Math.round(bound * config.scale))
  const pointsOf = (name: LimitName) => config.points.get(name) ?? scaled(limits[name].points)

  const here = countHere({ pointsOf, scaled })
  const limiters = new Map<string, RateLimiterStoreAbstract>()
  for (const name of limitNames) if (isLater(name) || !isOfProcess(name)) limiters.set(name, limiterOf(name))
  const later = countLater({
    pointsOf,
    add: here.add,
    tell: async (name, who, points) => {
      const told = await asked(name, () => limiter(name).penalty(keyOf(name, who), points))
      return { all: told.consumedPoints, until: performance.now() + told.msBeforeNext }
    },
  })
  const strikes = store.limiter({ keyPrefix: 'strikes', points: NO_END, duration: DAY_SECONDS })
  const places = new Map<string, number>()

  function limiterOf(name: StoreLimitName): RateLimiterStoreAbstract {
    const { seconds: duration, counts } = limits[name]
    const options = { keyPrefix: name, points: pointsOf(name), duration }
    // What has run out is refused from memory, without asking the store; but not where points come back.
    return store.limiter({ ...options, ...(counts === 'calls' && { inMemoryBlockOnConsumed: options.points + 1 }) })
  }

  const limiter = (name: StoreLimitName): RateLimiterStoreAbstract => {
    const found = limiters.get(name)
    if (found === undefined) throw new Error(`there is no limit ${name}`)
    return found
  }

  /** Addresses are personal: the store sees what nobody can turn back, and another for each limit. */
  const keyOf = (name: StoreLimitName, who: string): string =>
    createHmac('sha256', secrets[0] ?? '')
      .update(`limit:${name}:${who}`)
      .digest('base64url')

  /** What the store did; `busy` when it did not. */
  async function asked<T>(name: StoreLimitName, work: () => Promise<T>): Promise<T> {
    try {
      await store.ready()
      return await work()
    } catch (error) {
      log.warn({ err: error, limit: name }, 'limits not counted')
      throw common.busy()
    }
  }

  return {
    pointsOf,
    scaled,
    takeHere: (name, who, points = 1) => here.take(name, who, points),
    async take(name, who, points = 1) {
      if (isLater(name)) later.note(name, who, points)
      if (isOfProcess(name)) return here.take(name, who, points)
      const taken = await asked(name, () => consume(limiter(name), keyOf(name, who), points))
      return standingOf(name, taken, { of: limiter(name).points, points })
    },
    async giveBack(name, who) {
      if (isOfProcess(name)) here.giveBack(name, who)
      else await asked(name, () => limiter(name).reward(keyOf(name, who), 1))
    },
    async hold(name, who, seconds) {
      await asked(name, () => limiter(name).block(keyOf(name, who), seconds))
    },
    async forget(name, who) {
      const key = keyOf(name, who)
      await asked(name, () => Promise.all([limiter(name).delete(key), strikes.delete(key)]))
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
      here.close()
      later.close()
      await store.close()
    },
  }
}

/** The library refuses by rejecting with a result, and fails by rejecting with an error. */
async function consume(limiter: RateLimiterStoreAbstract, key: string, points: number): Promise<Taken> {
  const read = (allowed: boolean, { consumedPoints, msBeforeNext }: RateLimiterRes): Taken => {
    return { allowed, consumed: consumedPoints ?? 0, ms: msBeforeNext }
  }
  try {
    return read(true, await limiter.consume(key, points))
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return read(false, refusal)
    throw refusal
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
    // Nobody waits for the disk here: what a database that dies forgets is what was counted in its last moment.
    options: '-c synchronous_commit=off',
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
