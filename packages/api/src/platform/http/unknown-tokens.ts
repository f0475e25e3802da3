import { LRUCache } from 'lru-cache'
import type { Runtime } from '../context.ts'
import { addressKey, refusal } from '../limits/enforce.ts'
import { hashToken } from '../tokens.ts'
import type { Authenticate } from './admission.ts'

const LIMIT = 'unknown-tokens'
/** Tokens remembered in this process, by what they hash to. */
const MAX_TOKENS = 20_000
const KNOWN_MS = 10 * 60_000
const UNKNOWN_MS = 10_000

/**
 * Spares the database those who make tokens up: what an address presents that opens nothing is counted, and from the limit
 * on nothing that is new from there is looked up. What has opened something lately is looked up at any time, so that a
 * stranger behind the same address keeps nobody out; what has not is taken for nothing for a moment.
 */
export function sparing(authenticate: Authenticate): Authenticate {
  const known = new LRUCache<string, true>({ max: MAX_TOKENS, ttl: KNOWN_MS })
  const unknown = new LRUCache<string, true>({ max: MAX_TOKENS, ttl: UNKNOWN_MS })

  return async (runtime, presented, client) => {
    const { session } = presented
    if (session === null) return authenticate(runtime, presented, client)
    const token = hashToken(session)
    if (unknown.has(token)) return authenticate(runtime, { ...presented, session: null }, client)
    if (known.has(token)) return authenticate(runtime, presented, client)
    const address = addressKey(client.ip)
    await count(runtime, client, address)
    const actor = await authenticate(runtime, presented, client).catch(async (error: unknown) => {
      await runtime.limits.giveBack(LIMIT, address)
      throw error
    })
    if (actor.kind === 'guest') unknown.set(token, true)
    else {
      known.set(token, true)
      await runtime.limits.giveBack(LIMIT, address)
    }
    return actor
  }
}

/** Raises `rate_limited`. */
async function count(runtime: Runtime, client: Parameters<Authenticate>[2], address: string): Promise<void> {
  const { allowed, resetMs, firstRefusal } = await runtime.limits.take(LIMIT, address)
  if (allowed) return
  const guest = { kind: 'guest', guest: null } as const
  throw refusal({ ...runtime, client, ip: client.ip, actor: guest }, LIMIT, resetMs, firstRefusal)
}
