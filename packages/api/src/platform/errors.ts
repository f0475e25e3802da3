import { z } from 'zod'

/** A closed list: decides the HTTP code, and whether a consumer tries again. */
export type Kind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'limited' | 'unavailable'

/** An error thrown on purpose. Its reason and details reach the caller; its stack never does. */
export class Fault<R extends string = string, D = unknown> extends Error {
  readonly kind: Kind
  readonly reason: R
  readonly details: D

  constructor(kind: Kind, reason: R, message: string, details: D) {
    super(message)
    this.name = 'Fault'
    this.kind = kind
    this.reason = reason
    this.details = details
  }
}

/** A declared way to fail. Calling it makes the {@link Fault} to throw: `throw outOfStock({ lines })`. */
export interface Reason<R extends string = string, D = unknown> {
  (...details: Record<string, never> extends D ? [] : [details: D]): Fault<R, D>
  readonly kind: Kind
  readonly reason: R
  readonly message: string
  readonly details: z.ZodType<D>
}

/** Any reason: parameters are contravariant, so the general form takes what no caller can make. */
export interface AnyReason {
  (...details: never): Fault
  readonly kind: Kind
  readonly reason: string
  readonly message: string
  readonly details: z.ZodType
}

const nothing = z.strictObject({})
type Nothing = z.infer<typeof nothing>

function reasonsOf(kind: Kind) {
  function declare<const R extends string>(reason: R, message: string): Reason<R, Nothing>
  function declare<const R extends string, D>(reason: R, message: string, details: z.ZodType<D>): Reason<R, D>
  function declare(reason: string, message: string, details: z.ZodType = nothing): AnyReason {
    const make = (given: unknown = {}) => new Fault(kind, reason, message, given)
    return Object.assign(make, { kind, reason, message, details })
  }
  return declare
}

/** The request is wrong and will be wrong again (400). */
export const invalid = reasonsOf('invalid')
export const unauthenticated = reasonsOf('unauthenticated')
export const forbidden = reasonsOf('forbidden')
/** It does not exist, or it is somebody else's: the caller cannot tell which (404). */
export const notFound = reasonsOf('not_found')
/** The request is right, the state of the shop is not (409). */
export const conflict = reasonsOf('conflict')
export const limited = reasonsOf('limited')
/** Nothing is wrong with the request: try again later (503). */
export const unavailable = reasonsOf('unavailable')

/** What any call may answer, beside the reasons its procedure declares. */
export const common = {
  invalidInput: invalid(
    'invalid_input',
    'The input is not valid.',
    z.object({ fields: z.array(z.object({ path: z.string(), message: z.string() })) }),
  ),
  unauthenticated: unauthenticated('unauthenticated', 'Sign in first.'),
  forbidden: forbidden('forbidden', 'You may not do this.'),
  recentLoginRequired: forbidden('recent_login_required', 'Confirm your password first: see auth.confirmPassword.'),
  mfaEnrolmentRequired: forbidden('mfa_enrolment_required', 'Enrol an authenticator app first: see auth.enrolTotp.'),
  noSuchProcedure: notFound('no_such_procedure', 'There is no such procedure.'),
  badRequest: invalid('bad_request', 'The request cannot be read.'),
  keyRequired: invalid('idempotency_key_required', 'This call needs an Idempotency-Key header.'),
  keyReused: conflict('idempotency_key_reused', 'This idempotency key was used for another request.'),
  inProgress: conflict('in_progress', 'The same request is still being worked on. Try again in a moment.'),
  rateLimited: limited(
    'rate_limited',
    'Too many requests. Try again later.',
    z.object({ retryAfterSeconds: z.int().min(0) }),
  ),
  busy: unavailable('busy', 'The shop is busy. Try again in a moment.'),
} as const

/** The fixed text of every error that was not thrown on purpose. */
export const INTERNAL = { reason: 'internal', message: 'Something went wrong on our side.' } as const
