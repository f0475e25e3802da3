import type { AppRouter } from '@barrow/api/contract'
import {
  createTRPCClient,
  type HTTPLinkOptions,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  type Operation,
  splitLink,
  type TRPCClient,
} from '@trpc/client'
import superjson from 'superjson'
import { NoAnswer } from './answer.ts'
import { eventSourceOver } from './event-source.ts'
import { keyed, told } from './links.ts'
import { persistently } from './persist.ts'
import { newTraceparent } from './random.ts'
import { asBrowser, asProgram, type Send, type SessionStore } from './session.ts'

/** The typed client: every procedure of the shop by its name, with `.query`, `.mutate` or `.subscribe`. */
export type Barrow = TRPCClient<AppRouter>

export interface BarrowOptions {
  /** Where the shop is: `https://shop.example.com`. */
  url: string
  /**
   * Where a program keeps its caller's session and cart. Without it a browser keeps them in cookies no script can read,
   * and a program keeps nothing.
   */
  session?: SessionStore
  /**
   * Names what the shop's work for each request is part of, in its operators' traces (W3C Trace Context): true gives each
   * a name of its own, a function says which, and undefined leaves one out.
   */
  traceparent?: true | (() => string | undefined)
  /** Makes the requests instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch
}

/** What the shop takes in one request. */
const MAX_BATCH = 10
const MAX_URL = 7000
/** A query longer than this travels in a body, alone: its address would be too long. */
const MAX_QUERY = 6000

/**
 * Connects to a shop. Nothing is sent until the first call.
 *
 * Queries made at the same time share a request. Each mutation carries an `Idempotency-Key`: a random one, or the one
 * given as `{ context: { idempotencyKey } }` (8 to 255 visible ASCII characters). A call that does not reach the shop, or
 * finds it busy, is made again up to three times under the same key. `{ signal }` ends a call.
 *
 * Every call raises {@link BarrowError}.
 *
 * @example
 * ```ts
 * import { createBarrow } from '@barrow/sdk'
 *
 * // In a browser: the session and the cart are in cookies.
 * const barrow = createBarrow({ url: 'http://localhost:4000' })
 * const { rows } = await barrow.category.list.query({ parentId: null })
 *
 * // In a program: one client for each caller, who says where their session is kept.
 * let kept = {}
 * const buyer = createBarrow({
 *   url: 'http://localhost:4000',
 *   session: { get: () => kept, set: (credentials) => void (kept = credentials) },
 * })
 * console.log(rows, await buyer.category.get.query({ slug: 'lamps' }))
 * ```
 */
export function createBarrow({ url, session, traceparent, fetch }: BarrowOptions): Barrow {
  const nameTrace = traceparent === true ? newTraceparent : traceparent
  const reach: Send = async (target, init) => {
    const named = nameTrace?.()
    const headers = named === undefined ? init.headers : { ...init.headers, traceparent: named }
    try {
      return await (fetch ?? globalThis.fetch)(target, { ...init, headers })
    } catch (cause) {
      throw new NoAnswer('The shop could not be reached.', { cause })
    }
  }
  const send = session === undefined ? asBrowser(reach) : asProgram(session, reach)
  const endpoint = { url: `${url.replace(/\/+$/, '')}/trpc`, transformer: superjson }
  const http = { ...endpoint, fetch: whole(send) }
  return createTRPCClient<AppRouter>({
    links: [
      told,
      keyed,
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: httpSubscriptionLink({ ...endpoint, EventSource: eventSourceOver(send) }),
        false: splitLink({
          condition: (op) => op.type === 'mutation',
          true: httpLink({ ...http, headers: ({ op }) => ({ 'Idempotency-Key': keyOf(op) }) }),
          false: splitLink({
            condition: ({ input }) => belongsInBody(input),
            true: httpLink({ ...http, methodOverride: 'POST' }),
            false: httpBatchLink({ ...http, maxItems: MAX_BATCH, maxURLLength: MAX_URL }),
          }),
        }),
      }),
    ],
  })
}

/** What must not stand in an address: a token, which addresses give away in logs and histories, and what is too long. */
const belongsInBody = (input: unknown): boolean =>
  (typeof input === 'object' && input !== null && 'guestToken' in input) ||
  encodeURIComponent(JSON.stringify(input) ?? '').length > MAX_QUERY

/** A request and its whole answer, as tRPC's links ask for it. */
function whole(send: Send): NonNullable<HTTPLinkOptions<AppRouter['_def']['_config']['$types']>['fetch']> {
  const ask = persistently(send)
  return async (url, init) => {
    const headers = Object.fromEntries(new Headers(init?.headers))
    // The links of this client send text or nothing; tRPC's type also covers the bodies of files.
    const { method = 'GET', body, signal } = init as RequestInit
    const answer = await ask(String(url), { method, headers, body: body ?? null, signal: signal ?? null })
    return { ok: answer.ok, json: async () => answer.body }
  }
}

function keyOf(op: Operation): string {
  const { idempotencyKey } = op.context
  if (typeof idempotencyKey === 'string') return idempotencyKey
  throw new TypeError('context.idempotencyKey must be a string')
}
