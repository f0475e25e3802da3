import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import * as idempotency from '../../platform/idempotency.ts'
import { publish } from '../../platform/outbox.ts'
import { securityEventAtCommit } from '../../platform/security-events.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as address from '../address/index.ts'
import * as cart from '../cart/index.ts'
import * as order from '../order/index.ts'
import * as user from '../user/index.ts'
import * as credentials from './credentials.ts'
import { Invited } from './events.ts'
import * as links from './links.ts'
import { CreateAdmin } from './schema.ts'
import { hashNew } from './strength.ts'

/** Adds an account and sends its owner a link to choose a password. */
export async function invite(ctx: Context, input: user.CreateUser): Promise<user.UserView> {
  const account = await user.create(ctx, input)
  const linkId = await links.issue(ctx, account.id, 'invitation')
  await publish(ctx, Invited, account.id, { userId: account.id, linkId })
  return account
}

/**
 * Takes a person out of the shop: account, addresses, carts, credentials, links, sessions and remembered calls. Orders
 * stay, without name and address. Audit rows and events hold only ids. Again, it finds nothing left to do.
 */
export async function erase(ctx: Context, { id }: user.UserRef): Promise<user.UserView> {
  const account = await user.erase(ctx, { id })
  await address.eraseOf(ctx, id)
  await cart.eraseOf(ctx, id)
  await order.anonymiseOf(ctx, id)
  for (const table of ['session', 'link', 'login_challenge', 'recovery_code', 'totp', 'credential'] as const) {
    await ctx.em.execute(`delete from ${table} where user_id = ?`, [id])
  }
  await ctx.em.execute(`update api_key set name = '', revoked_at = coalesce(revoked_at, now()) where created_by = ?`, [
    id,
  ])
  await idempotency.forget(ctx, id)
  return account
}

/**
 * Makes an admin who can sign in at once: how a shop gets its first one. For programs on the shop's own machine.
 * Raises `email_taken`, `weak_password`, and a ZodError for what is no e-mail address.
 */
export async function createAdmin(ctx: Context, given: { email: string; password: string; name?: string | null }) {
  const input = CreateAdmin.parse(given)
  const hash = await hashNew(ctx, input.password, { email: input.email, role: 'admin' })
  return inTransaction(ctx, async (ctx) => {
    const { id, owner } = await user.claim(ctx, { email: input.email, name: input.name, role: 'admin' })
    if (owner !== null) throw user.emailTaken()
    await credentials.set(ctx, id, hash)
    await publish(ctx, user.UserChanged, id, { userId: id, change: 'created' })
    audit(ctx, { subject: id, after: { role: 'admin' } })
    securityEventAtCommit(ctx, 'admin_bootstrapped', { subject: id })
    return { id }
  })
}
