import { z } from 'zod'

const seconds = z.coerce.number().int().min(0).max(3600)

/** How long answers are kept that are the same for everybody, and where. */
export const cacheSettings = {
  /**
   * How old a kept answer may become, in seconds, if word of a change is lost; 0 keeps none. As a rule it is fresh within
   * milliseconds of a change.
   */
  CACHE_SECONDS: seconds.default(30),
  /**
   * The same for answers that show stock, which every order changes without a word to the cache. Never longer than
   * CACHE_SECONDS.
   */
  CACHE_STOCK_SECONDS: seconds.default(5),
  /** How much each process keeps, in megabytes, where answers are kept in the processes. */
  CACHE_MEGABYTES: z.coerce.number().int().min(1).max(4096).default(64),
  /**
   * Redis 6.2 or later that keeps answers for all processes, and throws the oldest out (`maxmemory-policy allkeys-lru`).
   * Never the database of REDIS_URL.
   */
  CACHE_REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
}

type Settings = z.output<z.ZodObject<typeof cacheSettings>>

export interface CacheConfig {
  readonly maxAgeMs: { readonly catalogue: number; readonly stock: number }
  readonly maxBytes: number
  /** Where answers are kept for all processes; undefined keeps them in each. */
  readonly redisUrl: string | undefined
  /** What the names of keys in Redis begin with. */
  readonly prefix: string
}

/** Settings that only make sense together. */
export function readCache(
  settings: Settings & { readonly REDIS_URL?: string | undefined; readonly TRANSPORT_PREFIX: string },
  issues: z.RefinementCtx,
): CacheConfig {
  const { CACHE_SECONDS, CACHE_STOCK_SECONDS, CACHE_REDIS_URL, REDIS_URL } = settings
  if (CACHE_REDIS_URL !== undefined && REDIS_URL !== undefined && isSameDatabase(CACHE_REDIS_URL, REDIS_URL)) {
    const message = 'must not be the database of REDIS_URL: a cache throws out what a queue must keep'
    issues.addIssue({ code: 'custom', path: ['CACHE_REDIS_URL'], message })
    return z.NEVER
  }
  return {
    maxAgeMs: { catalogue: CACHE_SECONDS * 1000, stock: Math.min(CACHE_STOCK_SECONDS, CACHE_SECONDS) * 1000 },
    maxBytes: settings.CACHE_MEGABYTES * 1024 * 1024,
    redisUrl: CACHE_REDIS_URL,
    prefix: settings.TRANSPORT_PREFIX,
  }
}

const isSameDatabase = (one: string, other: string): boolean => placeOf(one) === placeOf(other)

const LOCAL = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Host, port and number of the database, however they are written. */
function placeOf(text: string): string {
  const url = new URL(text)
  const host = LOCAL.test(url.hostname) ? 'localhost' : url.hostname.toLowerCase()
  const database = Number(url.pathname.slice(1) || url.searchParams.get('db') || 0)
  return `${host}:${url.port || 6379}/${database}`
}
