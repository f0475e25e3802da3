import { isIP } from 'node:net'
import { z } from 'zod'
import { isLoopback } from './addresses.ts'
import { weaknessOf } from './secret-strength.ts'

/** What a shop on the internet may not have, unless somebody says that it is meant. */
export const productionSettings = {
  /** Let production work as a superuser of PostgreSQL, who may read and write files of the server as well. */
  DATABASE_ALLOW_SUPERUSER: z.stringbool().default(false),
}

interface Settings {
  readonly NODE_ENV: string
  readonly DATABASE_URL: string
  readonly PUBLIC_URL?: string | undefined
  readonly SECRET: readonly string[]
  readonly INTERNAL_TOKEN?: string | undefined
  readonly REDIS_URL?: string | undefined
  readonly CACHE_REDIS_URL?: string | undefined
  readonly LIMITS_REDIS_URL?: string | undefined
  readonly TRANSPORT: string
}

/** Passwords that databases are delivered with, or that every guide uses. */
const DELIVERED = new Set([
  'postgres',
  'password',
  'secret',
  'changeme',
  'example',
  'admin',
  'root',
  'barrow',
  'redis',
  '123456',
])

/** Says what of the settings production refuses. */
export function refuseInProduction(settings: Settings, issues: z.RefinementCtx): void {
  const { NODE_ENV, SECRET, INTERNAL_TOKEN, PUBLIC_URL } = settings
  const wrong = (name: keyof Settings, message: string) =>
    void issues.addIssue({ code: 'custom', path: [name], message })
  if (new Set(SECRET).size < SECRET.length) wrong('SECRET', 'names the same secret twice')
  if (NODE_ENV !== 'production') return
  for (const secret of SECRET) sayWeak('SECRET', secret)
  if (INTERNAL_TOKEN !== undefined) sayWeak('INTERNAL_TOKEN', INTERNAL_TOKEN)
  if (PUBLIC_URL?.startsWith('http:') && !isHere(PUBLIC_URL))
    wrong(
      'PUBLIC_URL',
      'must be https in production, unless it is this machine: cookies would go over the line as they are',
    )
  if (hasPassword(settings.DATABASE_URL, DELIVERED)) wrong('DATABASE_URL', 'holds a password that everybody tries')
  const redis = [
    'CACHE_REDIS_URL',
    'LIMITS_REDIS_URL',
    ...(settings.TRANSPORT === 'redis' ? ['REDIS_URL' as const] : []),
  ] as const
  for (const name of redis) {
    const url = settings[name]
    if (url === undefined || isHere(url)) continue
    if (hasPassword(url, DELIVERED)) wrong(name, 'holds a password that everybody tries')
    if (hasPassword(url, new Set(['']))) wrong(name, 'must hold a password, unless it is this machine')
  }

  function sayWeak(name: keyof Settings, text: string): void {
    const weakness = weaknessOf(text)
    if (weakness !== undefined) wrong(name, `${weakness}; try: openssl rand -base64 32`)
  }
}

/** Whether an address is on this machine. */
export function isHere(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')
  return host === 'localhost' || (isIP(host) !== 0 && isLoopback(host))
}

function hasPassword(url: string, among: ReadonlySet<string>): boolean {
  const { password, username } = new URL(url)
  const given = decodeURIComponent(password).toLowerCase()
  return among.has(given) || (given !== '' && given === decodeURIComponent(username).toLowerCase())
}
