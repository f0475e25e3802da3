import type { Logger } from 'pino'
import type { CacheConfig } from '../cache-settings.ts'
import type { CacheStore } from '../ports/cache.ts'
import { createMemoryCache } from './memory-cache.ts'
import { openRedisCache } from './redis-cache.ts'

/** Opens the cache that the configuration asks for. */
export function openCache({ redisUrl, prefix, maxBytes }: CacheConfig, log: Logger): CacheStore {
  return redisUrl === undefined ? createMemoryCache({ maxBytes }) : openRedisCache({ url: redisUrl, prefix }, log)
}
