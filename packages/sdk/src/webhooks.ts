/** An event of the shop, as a webhook brings it. */
export interface WebhookEvent {
  /** The same each time this event comes: remember it, and do nothing for one that is known. */
  readonly id: string
  /** As in `order.placed`; `webhook.test` when somebody tries the webhook out. */
  readonly name: string
  readonly version: number
  readonly occurredAt: Date
  /** The id of what it is about. Events may come in any order: those of one key are ordered by `sequence`. */
  readonly key: string
  readonly sequence: number
  /** Ids, states and amounts in minor units: ask the shop for the rest. */
  readonly payload: unknown
}

/**
 * Why a call is not trusted. `unsigned`: it has no signature. `stale`: it was signed too long ago, or in the future.
 * `forged`: no secret made its signature. `unreadable`: it is genuine, and not an event.
 */
export type WebhookDoubt = 'unsigned' | 'stale' | 'forged' | 'unreadable'

/** Thrown for a call that is not to be trusted. Answer it with status 400, and do nothing else. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly reason: WebhookDoubt

  constructor(reason: WebhookDoubt) {
    super(`The webhook call is ${reason}.`)
    this.reason = reason
  }
}

/** The headers of a request, of the web's kind or of Node's. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | { readonly [name: string]: string | readonly string[] | undefined }

export interface VerifyWebhookOptions {
  /** How far the call's time may be from this machine's. */
  readonly toleranceSeconds?: number
}

/**
 * Checks that a call comes from your shop and is not an old one played again, and reads its event. `body` must be the
 * bytes as they came: what a parser made of them is signed by nobody. While you rotate a secret, give both.
 *
 * Answer with a status from 200 to 299 within five seconds, and work afterwards: anything else is sent again, for three
 * days. The same event may come more than once.
 *
 * Raises {@link WebhookError}.
 *
 * @example
 * ```ts
 * import { verifyWebhook, WebhookError } from '@barrow/sdk/webhooks'
 *
 * export async function receive(request: Request, secret: string): Promise<Response> {
 *   try {
 *     const event = await verifyWebhook(await request.text(), request.headers, secret)
 *     console.log(event.id, event.name, event.payload)
 *     return new Response(null, { status: 204 })
 *   } catch (error) {
 *     if (error instanceof WebhookError) return new Response(error.message, { status: 400 })
 *     throw error
 *   }
 * }
 * ```
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { toleranceSeconds = 300 }: VerifyWebhookOptions = {},
): Promise<WebhookEvent> {
  const id = headerOf(headers, 'webhook-id')
  const timestamp = headerOf(headers, 'webhook-timestamp')
  const signatures = signaturesIn(headerOf(headers, 'webhook-signature'))
  if (id === '' || !/^\d{1,12}$/.test(timestamp) || signatures.length === 0) throw new WebhookError('unsigned')
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds) throw new WebhookError('stale')

  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const head = new TextEncoder().encode(`${id}.${timestamp}.`)
  const signed = new Uint8Array(head.length + bytes.length)
  signed.set(head)
  signed.set(bytes, head.length)
  for (const one of typeof secret === 'string' ? [secret] : secret) {
    if (await isSigned(signed, signatures, one)) return read(bytes, id)
  }
  throw new WebhookError('forged')
}

function headerOf(headers: WebhookHeaders, name: string): string {
  if (isWebHeaders(headers)) return headers.get(name) ?? ''
  const value = headers[name]
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}

const isWebHeaders = (headers: WebhookHeaders): headers is { get(name: string): string | null } =>
  typeof headers.get === 'function'

/** A call is signed once for each secret that is in use: more than a few are somebody trying. */
const MAX_SIGNATURES = 10

const signaturesIn = (header: string) =>
  header
    .split(' ', MAX_SIGNATURES)
    .flatMap((part) => (part.startsWith('v1,') ? (bytesOf(part.slice('v1,'.length)) ?? []) : []))

async function isSigned(
  signed: Uint8Array<ArrayBuffer>,
  signatures: readonly Uint8Array<ArrayBuffer>[],
  secret: string,
): Promise<boolean> {
  const bytes = bytesOf(secret.replace(/^whsec_/, ''))
  // A wrong setting is not the caller's doing: said to whoever runs this, not to them.
  if (bytes === undefined || bytes.length < 16) throw new TypeError('This is not the secret of a webhook.')
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, hmac, false, ['verify'])
  for (const signature of signatures) {
    // In constant time, as the standard asks of it.
    if (await crypto.subtle.verify('HMAC', key, signature, signed)) return true
  }
  return false
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

function read(bytes: Uint8Array, id: string): WebhookEvent {
  const event = parse(new TextDecoder().decode(bytes))
  if (typeof event !== 'object' || event === null || !('id' in event) || event.id !== id)
    throw new WebhookError('unreadable')
  // The shop signed it, and this is what the shop writes.
  const written = event as Omit<WebhookEvent, 'occurredAt'> & { occurredAt: string }
  return { ...written, occurredAt: new Date(written.occurredAt) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
