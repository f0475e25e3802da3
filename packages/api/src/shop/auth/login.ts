import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import type { Fault } from '../../platform/errors.ts'
import { publish } from '../../platform/outbox.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as cart from '../cart/index.ts'
import * as user from '../user/index.ts'
import * as credentials from './credentials.ts'
import { passwordOutgrown, wrongCredentials } from './errors.ts'
import { PasswordOutgrown } from './events.ts'
import * as links from './links.ts'
import { me } from './me.ts'
import type { Done, Login, MeView, Nothing } from './schema.ts'
import { done } from './schema.ts'
import { sessionsOf } from './session-store.ts'
import { isTooShort, minimumFor } from './strength.ts'

/**
 * Begins a session. Its token goes back as a cookie or a header, never in the answer. Raises `wrong_credentials`, the same
 * for an unknown address, a wrong password and a disabled account. A customer takes the cart of the visitor they were along.
 */
export async function login(ctx: Context, input: Login): Promise<MeView> {
  const checked = await credentials.checkByEmail(ctx, input.email, input.password)
  if (checked === null) throw wrongCredentials()
  const { userId, hash, role } = checked
  if (role !== 'customer' && isTooShort(ctx.config, input.password, role)) throw await outgrown(ctx, checked)
  const stronger = ctx.passwords.isOutdated(hash) ? await ctx.passwords.hash(input.password) : hash
  const guest = 'guest' in ctx.actor ? ctx.actor.guest : null
  const { token, view } = await inTransaction(ctx, async (ctx) => {
    const account = await user.lockActive(ctx, userId)
    // The password was checked before the lock: it may be another by now.
    const same = account !== null && (await credentials.replace(ctx, userId, hash, stronger))
    if (!same) throw wrongCredentials()
    const sessions = sessionsOf(ctx.em)
    if ('sessionId' in ctx.actor) await sessions.end(ctx.actor.sessionId)
    const token = await sessions.begin(userId)
    if (guest !== null && account.role === 'customer') await cart.merge(ctx, { guest, userId })
    audit(ctx, { subject: userId })
    return { token, view: await me(ctx, userId) }
  })
  ctx.credentials.setSession(token)
  if (guest !== null && view.role === 'customer') ctx.credentials.setGuest(null)
  return view
}

/** What a customer could choose may be too short for the role they have got since: they choose anew, by mail. */
const outgrown = (ctx: Context, { userId, role }: credentials.Checked): Promise<Fault> =>
  inTransaction(ctx, async (ctx) => {
    if ((await user.lockActive(ctx, userId)) === null) return wrongCredentials()
    const linkId = await links.issue(ctx, userId, 'reset_password')
    await publish(ctx, PasswordOutgrown, userId, { userId, linkId })
    audit(ctx, { subject: userId })
    return passwordOutgrown({ minimum: minimumFor(ctx.config, role) })
  })

/** Ends the session of this call; without one there is nothing to end. */
export async function logout(ctx: Context, _input: Nothing): Promise<Done> {
  const sessionId = 'sessionId' in ctx.actor ? ctx.actor.sessionId : null
  if (sessionId !== null) await sessionsOf(ctx.em).end(sessionId)
  audit(ctx, { subject: sessionId ?? 'none' })
  ctx.credentials.setSession(null)
  return done
}
