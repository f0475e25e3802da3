import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { z } from 'zod'
import { isLoopback } from './addresses.ts'

/** Which servers may be spoken to in the clear. */
export const tlsSettings = {
  /**
   * Hosts that may be spoken to without TLS, or whose certificates need not be good, by commas: servers in a network that
   * is the shop's own. All others but this machine must prove who they are, in DATABASE_URL, REDIS_URL and the like. Each
   * start logs the hosts that this is used for.
   */
  UNENCRYPTED_HOSTS: z
    .string()
    .max(4096)
    .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim().toLowerCase()])))
    .pipe(z.array(z.string().regex(/^[a-z0-9.:_-]+$/, 'must be names of hosts')).max(100))
    .prefault(''),
}

/** The settings that name servers, and those that say which are used: an address alone switches nothing. */
type Servers = Partial<Record<UrlName, string | undefined>> & {
  readonly TRANSPORT?: string
  readonly SEARCH?: string
  readonly UNENCRYPTED_HOSTS: readonly string[]
  readonly KAFKA_BROKERS?: readonly string[]
  readonly KAFKA_TLS?: boolean
  readonly KAFKA_TLS_CA?: string | undefined
  readonly KAFKA_TLS_CERT?: string | undefined
  readonly SMTP_URL?: string | undefined
  readonly SMTP_TLS?: string
}
const databases = ['DATABASE_URL', 'DATABASE_OWNER_URL'] as const
/** How each is written when it speaks TLS. */
const encrypted = {
  REDIS_URL: 'rediss:',
  CACHE_REDIS_URL: 'rediss:',
  LIMITS_REDIS_URL: 'rediss:',
  OPENSEARCH_URL: 'https:',
} as const
type UrlName = (typeof databases)[number] | keyof typeof encrypted

/**
 * Refuses servers elsewhere that would be spoken to in the clear, or to anybody who says that they are the server. Answers
 * the hosts that are exempt and meant.
 */
export function readTls(servers: Servers, issues: z.RefinementCtx): { readonly unencryptedHosts: readonly string[] } {
  const exempt = new Set<string>()
  const check = (setting: string, host: string, isSafe: boolean, needs: string) => {
    if (isSafe || isLocal(host)) return
    if (servers.UNENCRYPTED_HOSTS.includes(host)) exempt.add(host)
    else issues.addIssue({ code: 'custom', path: [setting], message: `${needs}, or its host in UNENCRYPTED_HOSTS` })
  }
  for (const name of databases) {
    const url = urlOf(servers[name])
    if (url !== undefined) {
      const mode = url.searchParams.get('sslmode') ?? 'verify-full'
      const isExempt = servers.UNENCRYPTED_HOSTS.includes(hostOf(url)) && !url.searchParams.has('sslmode')
      check(name, hostOf(url), mode === 'verify-full' && !isExempt, 'must have sslmode=verify-full')
    }
  }
  const idle = new Set([
    ...(servers.TRANSPORT === 'redis' ? [] : ['REDIS_URL']),
    ...(servers.SEARCH === 'opensearch' ? [] : ['OPENSEARCH_URL']),
  ])
  for (const [name, protocol] of Object.entries(encrypted)) {
    // The names are the keys of the list above.
    const url = idle.has(name) ? undefined : urlOf(servers[name as keyof typeof encrypted])
    if (url !== undefined) check(name, hostOf(url), url.protocol === protocol, `must begin with ${protocol}//`)
  }
  const kafkaTls = servers.KAFKA_TLS || servers.KAFKA_TLS_CA !== undefined || servers.KAFKA_TLS_CERT !== undefined
  for (const broker of (servers.TRANSPORT === 'kafka' && servers.KAFKA_BROKERS) || [])
    check(
      'KAFKA_BROKERS',
      broker
        .replace(/:\d+$/, '')
        .replace(/^\[(.*)\]$/, '$1')
        .toLowerCase(),
      kafkaTls,
      'needs KAFKA_TLS',
    )
  const smtp = urlOf(servers.SMTP_URL)
  // SMTP_TLS=none has said so already.
  if (smtp !== undefined && servers.SMTP_TLS === 'none' && smtp.protocol === 'smtp:' && !isLocal(hostOf(smtp)))
    exempt.add(hostOf(smtp))
  return { unencryptedHosts: [...exempt].sort() }
}

/** The URL of a database with what is meant where it says nothing: elsewhere, a server that proves who it is. */
export function withTls(text: string, unencryptedHosts: readonly string[]): string {
  const url = new URL(text)
  const host = hostOf(url)
  if (url.searchParams.has('sslmode') || isLocal(host) || unencryptedHosts.includes(host)) return text
  url.searchParams.set('sslmode', 'verify-full')
  return url.href
}

/** What a driver that reads no `sslmode` is to be told of it; false for a connection in the clear. */
export function databaseTls(text: string): ConnectionOptions | false {
  const { searchParams } = new URL(text)
  const mode = searchParams.get('sslmode') ?? 'disable'
  const ca = searchParams.get('sslrootcert')
  if (mode === 'disable') return false
  return { rejectUnauthorized: mode === 'verify-full', ...(ca !== null && { ca: readFileSync(ca) }) }
}

const urlOf = (text: string | undefined): URL | undefined =>
  text !== undefined && URL.canParse(text) ? new URL(text) : undefined

/** A socket of PostgreSQL is named beside the address, and is on this machine. */
const hostOf = ({ hostname, searchParams }: URL): string =>
  (searchParams.get('host') ?? hostname).replace(/^\[(.*)\]$/, '$1').toLowerCase()

const isLocal = (host: string): boolean =>
  host === '' || host.startsWith('/') || host === 'localhost' || (isIP(host) !== 0 && isLoopback(host))
