import { Resolver } from 'node:dns/promises'
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, isIPv6, type LookupFunction } from 'node:net'
import { isLoopback, reachOf } from '../addresses.ts'
import type { Outbound, Outcome, Refusal } from '../ports/outbound.ts'

export interface GuardedHttpOptions {
  /** Allow this machine and private networks; plain http to this machine as well. */
  readonly allowPrivate: boolean
  /** For name, connection and answer together, in milliseconds. */
  readonly timeoutMs?: number
  /** The addresses of a name. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

const MAX_ANSWER_BYTES = 4096
const MAX_EXCERPT = 200

/** Thrown on the way, said as an outcome. */
class Refused extends Error {}

/**
 * Posts to servers that strangers name. A name is resolved once and the connection goes to the addresses that were
 * judged, so that a name cannot lead elsewhere between the two; one forbidden address among them forbids the name.
 */
export function createGuardedHttp(options: GuardedHttpOptions): Outbound {
  const { allowPrivate, timeoutMs = 5_000, resolve } = options

  const refusalOf = ({ protocol, hostname, username, password, port }: URL): Refusal | undefined => {
    const host = bare(hostname)
    const local = isLocalName(host) || isLoopback(host)
    if (protocol !== 'https:' && !(protocol === 'http:' && allowPrivate && local)) return 'scheme'
    if (username !== '' || password !== '') return 'credentials'
    // Below 1024 live the services of machines: mail, remote shells, name servers. None of them is a webhook.
    if (port !== '' && Number(port) < 1024) return 'port'
    if (isLocalName(host) ? !allowPrivate : isIP(host) !== 0 && !mayReach(host)) return 'address'
    return undefined
  }
  const mayReach = (address: string): boolean => {
    const reach = reachOf(address)
    return reach === 'public' || (reach === 'private' && allowPrivate)
  }

  async function addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host]
    if (isLocalName(host)) return ['127.0.0.1', '::1']
    const found = await Promise.race([resolve ? resolve(host) : resolveName(host, signal), rejectOn(signal)])
    if (found.length === 0) throw new Refused('The name cannot be resolved.')
    return found
  }

  async function send(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<Outcome> {
    const signal = AbortSignal.timeout(timeoutMs)
    const addresses = await addressesOf(bare(url.hostname), signal)
    if (!addresses.every(mayReach)) throw new Refused('The address is private or reserved.')
    const response = await answerOf(url, body, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      signal,
      // A connection of its own: a kept one would go to where an earlier name led.
      agent: false,
      lookup: lookupAmong(addresses),
    })
    return { kind: 'answered', status: response.statusCode ?? 0, excerpt: await excerptOf(response) }
  }

  const refusal = (url: string) => (URL.canParse(url) ? refusalOf(new URL(url)) : 'scheme')

  return {
    refusal,
    async post(url, headers, body) {
      const why = refusal(url)
      if (why !== undefined) return { kind: 'failed', error: refusals[why] }
      try {
        return await send(new URL(url), headers, body)
      } catch (error) {
        return { kind: 'failed', error: sentenceFor(error, timeoutMs) }
      }
    },
  }
}

const refusals: Readonly<Record<Refusal, string>> = {
  scheme: 'The URL is not https.',
  credentials: 'The URL holds credentials.',
  port: 'The port is not allowed.',
  address: 'The address is private or reserved.',
}

/** A host without the brackets of IPv6 and the dot of a name that ends at the root. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')

const isLocalName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost')

/** Asks name servers directly: the system's own look-up blocks one of four threads that the whole process shares. */
async function resolveName(host: string, signal: AbortSignal): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  signal.addEventListener('abort', () => resolver.cancel(), { once: true })
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  return found.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}

const rejectOn = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

/** Answers with what was judged, whatever is asked. */
function lookupAmong(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_host, { all }, done) => {
    const [first] = found
    if (all === true) done(null, [...found])
    else done(null, first?.address ?? '', first?.family)
  }
}

function answerOf(url: URL, body: string, options: RequestOptions): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    request(url, options).once('response', resolve).on('error', reject).end(body)
  })
}

/** Reads what is worth keeping and closes the connection on the rest, however much it is. */
async function excerptOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) {
      chunks.push(chunk)
      if (chunks.reduce((sum, { length }) => sum + length, 0) >= MAX_ANSWER_BYTES) break
    }
  } catch {
    // The status is the answer; that its text broke off changes nothing.
  }
  const text = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8')
  // Control and format characters (line ends, escapes, changes of direction) would deceive whoever reads a log.
  return text
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, MAX_EXCERPT)
    .toWellFormed()
}

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection broke off.',
  EPIPE: 'The connection broke off.',
  EHOSTUNREACH: 'The address cannot be reached.',
  ENETUNREACH: 'The address cannot be reached.',
}

function sentenceFor(error: unknown, timeoutMs: number): string {
  if (error instanceof Refused) return error.message
  if (!(error instanceof Error)) return 'The call failed.'
  if (/^(AbortError|TimeoutError)$/.test(error.name)) return `There was no answer within ${timeoutMs / 1000} seconds.`
  const code =
    'code' in error && typeof error.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(error.code) ? error.code : ''
  if (/CERT|ERR_TLS|UNABLE_TO/.test(code)) return `The certificate was not accepted (${code}).`
  return sentences[code] ?? (code === '' ? 'The call failed.' : `The call failed (${code}).`)
}
