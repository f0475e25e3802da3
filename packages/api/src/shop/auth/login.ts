import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { Fault } from '../../platform/errors.ts'
import { publish } from '../../platform/outbox.ts'
import { securityEvent } from '../../platform/security-events.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as user from '../user/index.ts'
import { beginChallenge, challenged, endChallenge } from './challenge.ts'
import * as credentials from './credentials.ts'
import { type Entered, enter, welcome } from './enter.ts'
import { challengeInvalid, mfaRequired, passwordOutgrown, wrongCredentials } from './errors.ts'
import { PasswordOutgrown } from './events.ts'
import * as links from './links.ts'
import type { Done, Login, MeView, Nothing, VerifyTotp } from './schema.ts'
import { done } from './schema.ts'
import { refusalOf } from './second-factor.ts'
import { sessionsOf } from './session-store.ts'
import { isTooShort, minimumFor } from './strength.ts'

/**
 * Begins a session. Its token goes back as a cookie or a header, never in the answer. Raises `wrong_credentials`, the same
 * for an unknown address, a wrong password and a disabled account; `mfa_required`, with what {@link verifyTotp} goes on
 * from, for who has an authenticator app; `password_outgrown` for staff with a customer's password.
 */
export async function login(ctx: Context, input: Login): Promise<MeView> {
  const checked = await credentials.checkByEmail(ctx, input.email, input.password)
  if (checked === null) {
    securityEvent(ctx, 'login_failed')
    throw wrongCredentials()
  }
  const { hash } = checked
  const stronger = ctx.passwords.isOutdated(hash) ? await ctx.passwords.hash(input.password) : hash
  const tooShort = checked.role !== 'customer' && isTooShort(ctx.config, input.password, checked.role)
  return settle(
    ctx,
    await inTransaction(ctx, async (ctx) => {
      const account = await user.lockActive(ctx, checked.userId)
      // The password was checked before the lock: it may be another by now, and so may the role.
      const same = account?.role === checked.role && (await credentials.replace(ctx, account.id, hash, stronger))
      if (!same) return wrongCredentials()
      if (tooShort) return outgrown(ctx, account)
      const challenge = await beginChallenge(ctx, account.id)
      if (challenge === null) return enter(ctx, account)
      audit(ctx, { subject: account.id })
      return mfaRequired(challenge)
    }),
  )
}

/** The second step of a login: the code of the app, or a recovery code. Raises `challenge_invalid`, `wrong_code`. */
export async function verifyTotp(ctx: Context, { challenge, code }: VerifyTotp): Promise<MeView> {
  return settle(
    ctx,
    await inTransaction(ctx, async (ctx) => {
      const userId = await challenged(ctx, challenge)
      const account = userId && (await user.lockActive(ctx, userId))
      // Again, under the lock: it may have been used up or become void since.
      if (!account || (await challenged(ctx, challenge)) === null) return challengeInvalid()
      const refusal = await refusalOf(ctx, account.id, code)
      if (refusal !== null) return refusal
      await endChallenge(ctx, challenge)
      return enter(ctx, account)
    }),
  )
}

/** What is refused is committed all the same: wrong codes count, and challenges and links are there to go on from. */
function settle(ctx: Context, outcome: Entered | Fault): MeView {
  if (outcome instanceof Fault) throw outcome
  securityEvent(ctx, 'login_succeeded', { subject: outcome.view.id })
  return welcome(ctx, outcome)
}

/** What a customer could choose may be too short for the role they have got since: they choose anew, by mail. */
async function outgrown(ctx: Context, { id, role }: { id: user.UserId; role: user.Role }): Promise<Fault> {
  const linkId = await links.issue(ctx, id, 'reset_password')
  await publish(ctx, PasswordOutgrown, id, { userId: id, linkId })
  audit(ctx, { subject: id })
  return passwordOutgrown({ minimum: minimumFor(ctx.config, role) })
}

/** Ends the session of this call; without one there is nothing to end. */
export async function logout(ctx: Context, _input: Nothing): Promise<Done> {
  const sessionId = 'sessionId' in ctx.actor ? ctx.actor.sessionId : null
  if (sessionId !== null) await sessionsOf(ctx.em).end(sessionId)
  audit(ctx, { subject: sessionId ?? 'none' })
  ctx.credentials.setSession(null)
  return done
}
