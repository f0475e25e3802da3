import type { Logger } from 'pino'
import type { CacheConfig } from '../cache-settings.ts'
import type { CacheStore } from '../ports/cache.ts'
import { createMemoryCache } from './memory-cache.ts'

/** Opens the cache that the configuration asks for. */
export async function openCache({ redisUrl, prefix, maxBytes }: CacheConfig, log: Logger): Promise<CacheStore> {
  if (redisUrl === undefined) return createMemoryCache({ maxBytes })
  // Loaded by the shops that use it.
  const { openRedisCache } = await import('./redis-cache.ts')
  return openRedisCache({ url: redisUrl, prefix }, log)
}
