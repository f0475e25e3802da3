import { z } from 'zod'
import { type ProxyTrust, readTrust } from './http/proxy.ts'

/** What the API takes on, and from whom. */
export const httpSettings = {
  /**
   * Whose word counts about where a request comes from: how many proxies stand before the API, or their addresses and
   * networks, by commas. What anybody else says in `X-Forwarded-*` is removed.
   */
  TRUST_PROXY: z
    .string()
    .max(4096)
    .transform((text, issues): ProxyTrust => {
      const trust = readTrust(text.trim() === '' ? '0' : text.trim())
      if (trust !== undefined) return trust
      issues.addIssue({ code: 'custom', message: 'must be a number of proxies, or addresses and networks by commas' })
      return z.NEVER
    })
    .prefault(''),
  /**
   * Processes of the API that share PORT, as many as there are cores for them. Each has connections to the database, a cache
   * and an internal port of its own: the n-th takes INTERNAL_PORT + n - 1.
   */
  WEB_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(1),
  /** Connections of one process; one more is closed at once. */
  HTTP_MAX_CONNECTIONS: z.coerce.number().int().min(1).max(1_000_000).default(1_000),
  /** Requests that one process works on at the same time; one more is `busy`. Streams and health checks do not count. */
  HTTP_MAX_IN_FLIGHT: z.coerce.number().int().min(1).max(1_000_000).default(200),
  /** How late the event loop may be, in ms, before requests are `busy`. */
  HTTP_MAX_LAG_MS: z.coerce.number().int().min(1).max(600_000).default(200),
  /** Who may load answers as resources: `same-site` for a frontend on another host of the same domain. */
  HTTP_RESOURCE_POLICY: z.enum(['same-origin', 'same-site']).default('same-origin'),
}

type Settings = z.output<z.ZodObject<typeof httpSettings>>

export const readHttp = (settings: Settings) => ({
  processes: settings.WEB_CONCURRENCY,
  trustProxy: settings.TRUST_PROXY,
  maxConnections: settings.HTTP_MAX_CONNECTIONS,
  maxInFlight: settings.HTTP_MAX_IN_FLIGHT,
  maxLagMs: settings.HTTP_MAX_LAG_MS,
  resourcePolicy: settings.HTTP_RESOURCE_POLICY,
})
