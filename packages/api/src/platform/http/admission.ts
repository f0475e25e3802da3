import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor } from '../actor.ts'
import { type Call, type Client, type Context, contextOfCalls, type Runtime } from '../context.ts'
import { common, type Fault } from '../errors.ts'
import { clientOf } from './client.ts'
import { credentialsFor, type Presented, present } from './credentials.ts'
import { isForged } from './origins.ts'

const MAX_BODY = 64 * 1024
/** Of staff and of programs with a key: 250 variants with all that they may have are one call. */
const MAX_STAFF_BODY = 1024 * 1024

/** Says who calls; every doubt is a guest. Raises `rate_limited`. */
export type Authenticate = (runtime: Runtime, presented: Presented, client: Client) => Promise<Actor>

/** A call that may go on to its procedure. */
export interface Admitted {
  readonly actor: Actor
  /** What is known of the call. */
  readonly call: Call
  /** Whether it brought nothing that says who calls: neither a session nor a cart's token. */
  readonly anonymous: boolean
  /** The most that is read of its body, in bytes. */
  readonly maxBody: number
  /** The context of the call, or of each call of a batch. */
  createContext(): Context
}

export interface Refused {
  readonly fault: Fault
  /** The HTTP code, where it is not that of the fault's kind. */
  readonly status?: number
}

/**
 * The one door to the procedures, whatever form a call has: its type, where it comes from, who makes it, how much they may
 * send. Sets what every answer of a procedure says. Throws what `authenticate` throws, and `invalid_input` for an
 * Idempotency-Key that is none.
 */
export async function admit(
  runtime: Runtime,
  authenticate: Authenticate,
  { request, response, requestId }: { request: IncomingMessage; response: ServerResponse; requestId: string },
): Promise<Admitted | Refused> {
  const { http } = runtime.config
  const client = clientOf(request, response, runtime.config)
  const reads = request.method === 'GET' || request.method === 'HEAD'
  // A form or plain text needs no preflight: another site's page could send it with the visitor's cookies.
  if (!reads && !isJson(request) && !isEmpty(request)) return { fault: common.badRequest(), status: 415 }
  const presented = present(request, http)
  if (!reads && presented.cookies && isForged(request, http)) return { fault: common.forbidden() }
  const idempotencyKey = keyOf(request)
  const actor = await authenticate(runtime, presented, client)
  const maxBody = actor.kind === 'staff' || actor.kind === 'key' ? MAX_STAFF_BODY : MAX_BODY
  if (Number(request.headers['content-length'] ?? 0) > maxBody) return { fault: common.badRequest(), status: 413 }
  response.setHeader('Cache-Control', 'no-store')
  const credentials = credentialsFor(request, response, http)
  const call: Call = { actor, requestId, idempotencyKey, credentials, client }
  const anonymous = presented.session === null && presented.guest === null
  return { actor, call, anonymous, maxBody, createContext: () => contextOfCalls(runtime, call) }
}

const isJson = (request: IncomingMessage): boolean =>
  /^application\/json(;|$)/i.test(request.headers['content-type'] ?? '')

/** Without a body, and with no word about what the body is. */
const isEmpty = ({ headers }: IncomingMessage): boolean =>
  headers['content-type'] === undefined &&
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) === 0

const KEY = /^[\x21-\x7e]{8,255}$/

function keyOf(request: IncomingMessage): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && KEY.test(key)) return key
  throw common.invalidInput({
    fields: [{ path: 'Idempotency-Key', message: 'must be 8 to 255 visible ASCII characters' }],
  })
}
