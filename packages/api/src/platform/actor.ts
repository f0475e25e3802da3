import type { Id } from './ids.ts'

/** What staff and API keys may be allowed to do. `admin` may do everything, these included. */
export const permissions = [
  'catalog:read',
  'catalog:write',
  'inventory:read',
  'inventory:write',
  'carts:read',
  'carts:write',
  'orders:read',
  'orders:write',
  'orders:refund',
  'customers:read',
  'customers:write',
  'staff:read',
  'staff:write',
  'settings:read',
  'settings:write',
  'audit:read',
  'events:read',
  'events:write',
] as const
export type Permission = (typeof permissions)[number]

/**
 * How sure the shop is of somebody on the staff. `recent`: they proved who they are within 15 minutes. `unenrolled`: they
 * have yet to enrol a second factor, and may do nothing before that.
 */
export type Assurance = 'recent' | 'older' | 'unenrolled'

/** Who calls. */
export type Actor =
  /** `guest` is the SHA-256 of the token that holds a visitor's cart together; null before the first cart. */
  | { readonly kind: 'guest'; readonly guest: string | null }
  | {
      readonly kind: 'customer'
      readonly userId: Id<'user'>
      readonly sessionId: string
      /** A cart begun before signing in. */
      readonly guest: string | null
    }
  | {
      readonly kind: 'staff'
      readonly userId: Id<'user'>
      readonly sessionId: string
      readonly admin: boolean
      readonly assurance: Assurance
      readonly permissions: readonly Permission[]
    }
  | { readonly kind: 'key'; readonly keyId: Id<'key'>; readonly permissions: readonly Permission[] }
  /** The shop's own programs: the worker, schedules, scripts. May do everything. */
  | { readonly kind: 'system'; readonly name: string }

/** What a procedure demands of its caller. `public`: anybody. `shopper`: a guest or a customer. `user`: anybody signed in. */
export type Access = 'public' | 'shopper' | 'user' | 'customer' | 'admin' | Permission | Either

/** One of two permissions opens the door; whom of the accounts behind it they reach, the verb decides. */
type Either = 'customers:read|staff:read' | 'customers:write|staff:write'

/** What a procedure asks of its caller. */
export interface Demands {
  readonly access: Access
  /** Of staff: a login, or a password confirmed, within 15 minutes. */
  readonly recentLogin?: true
  /** Staff may call it who have yet to enrol the second factor that the shop demands. */
  readonly beforeMfa?: true
}

export type Verdict = 'allowed' | 'unauthenticated' | 'forbidden'

/**
 * Decides whether an actor may call a procedure now. API keys and the shop's own programs cannot sign in anew, so no recent
 * login is asked of them: a key was made under one, and can do no more than what it was given.
 */
export function admits(
  { access, recentLogin, beforeMfa }: Demands,
  actor: Actor,
): Verdict | 'mfaEnrolmentRequired' | 'recentLoginRequired' {
  const assurance = actor.kind === 'staff' ? actor.assurance : 'recent'
  if (assurance === 'unenrolled' && !beforeMfa && access !== 'public') return 'mfaEnrolmentRequired'
  const verdict = permits(access, actor)
  if (verdict === 'allowed' && recentLogin && assurance !== 'recent') return 'recentLoginRequired'
  return verdict
}

/** Decides whether what an actor is, and was given, opens a door. */
export function permits(access: Access, actor: Actor): Verdict {
  if (access === 'public' || actor.kind === 'system') return 'allowed'
  if (access === 'shopper') return actor.kind === 'guest' || actor.kind === 'customer' ? 'allowed' : 'forbidden'
  if (actor.kind === 'guest') return 'unauthenticated'
  if (access === 'user') return actor.kind === 'key' ? 'forbidden' : 'allowed'
  if (access === 'customer') return actor.kind === 'customer' ? 'allowed' : 'forbidden'
  if (actor.kind === 'customer') return 'forbidden'
  if (actor.kind === 'staff' && actor.admin) return 'allowed'
  if (access === 'admin') return 'forbidden'
  const { permissions } = actor
  return access.split('|').some((one) => permissions.some((held) => held === one)) ? 'allowed' : 'forbidden'
}

/** One text for one actor, in audit rows, logs and the scope of idempotency keys. Holds ids and hashes only. */
export function principalOf(actor: Actor): string {
  switch (actor.kind) {
    case 'guest':
      return actor.guest === null ? 'anonymous' : `guest:${actor.guest}`
    case 'customer':
    case 'staff':
      return actor.userId
    case 'key':
      return actor.keyId
    case 'system':
      return `system:${actor.name}`
  }
}
