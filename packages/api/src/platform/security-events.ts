import { type Actor, principalOf } from './actor.ts'
import { atCommit } from './at-commit.ts'
import type { Log } from './log.ts'

/** What somebody who looks for an attack, or for what it did, wants to find. */
export const securityEvents = [
  'login_succeeded',
  'login_failed',
  'second_factor_failed',
  'second_factor_changed',
  'password_reset_requested',
  'password_changed',
  'role_changed',
  'personal_data_exported',
  'access_denied',
  'limit_hit',
  'webhook_signature_refused',
  'admin_bootstrapped',
] as const
export type SecurityEvent = (typeof securityEvents)[number]

interface About {
  readonly subject?: string
  readonly reason?: string
}

/** Who saw it: a call's context, or what of it there is before a call is one. */
interface Witness {
  readonly log: Log
  readonly metrics: { readonly securityEvents: { inc(labels: { event: SecurityEvent }): void } }
  readonly actor?: Actor
  readonly ip?: string | null
  readonly action?: string
}

/**
 * Tells of a security event: one line in the log, with who and from where, and one count. Call it when the event has come
 * true, so after the commit. `subject` is the id of what it is about, `reason` a word of the code's own: neither ever holds
 * an address of a person, a token, or what somebody typed.
 *
 * @example securityEvent(ctx, 'role_changed', { subject: user.id, reason: role })
 */
export function securityEvent(witness: Witness, event: SecurityEvent, about: About = {}): void {
  const { log, metrics, actor, ip, action } = witness
  metrics.securityEvents.inc({ event })
  log.warn(
    {
      securityEvent: event,
      ...(actor !== undefined && { actor: actor.kind, principal: principalOf(actor) }),
      ip: ip ?? null,
      procedure: action,
      ...about,
    },
    'security event',
  )
}

/** Tells of a security event when the transaction of this call has committed; of one that is taken back nothing is told. */
export function securityEventAtCommit(
  ctx: Witness & { readonly marks: object },
  event: SecurityEvent,
  about: About = {},
): void {
  atCommit(ctx, () => securityEvent(ctx, event, about))
}
