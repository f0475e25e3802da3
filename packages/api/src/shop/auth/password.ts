import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { publish } from '../../platform/outbox.ts'
import * as user from '../user/index.ts'
import * as credentials from './credentials.ts'
import { linkInvalid } from './errors.ts'
import { PasswordChanged, PasswordResetRequested } from './events.ts'
import * as links from './links.ts'
import {
  type ChangePassword,
  type CheckYourMail,
  checkYourMail,
  type Done,
  done,
  type RequestPasswordReset,
  type ResetPassword,
} from './schema.ts'
import { sessionsOf } from './session-store.ts'
import { endOthers } from './sessions.ts'
import { lockSignedIn } from './signed-in.ts'
import { checkStrength } from './strength.ts'

/** Replaces the password of who is signed in, ends their other sessions, and tells them by mail. */
export async function changePassword(ctx: Context, input: ChangePassword): Promise<Done> {
  const { userId, sessionId, ...account } = await lockSignedIn(ctx)
  await credentials.check(ctx, userId, input.currentPassword)
  checkStrength(input.newPassword, account)
  await credentials.set(ctx, userId, await ctx.passwords.hash(input.newPassword))
  await endOthers(ctx, userId, sessionId)
  await links.voidAllOf(ctx, userId)
  await publish(ctx, PasswordChanged, userId, { userId })
  audit(ctx, { subject: userId })
  return done
}

/** Stands for the owner of an address that nobody has. */
const NOBODY: user.UserId = 'user_00000000000000000000000000'

/**
 * Sends a link to choose a new password. For an address nobody has the same is done, for nobody: the statements meet no
 * rows, and the event names a link that is not there.
 */
export async function requestPasswordReset(ctx: Context, { email }: RequestPasswordReset): Promise<CheckYourMail> {
  const found = await user.byEmail(ctx, email)
  const account = await user.lockActive(ctx, found?.id ?? NOBODY)
  const linkId = await links.issue(ctx, account?.id ?? NOBODY, 'reset_password')
  await publish(ctx, PasswordResetRequested, linkId, { linkId })
  audit(ctx, { subject: account?.id ?? linkId })
  return checkYourMail
}

/** Sets a new password by a link, ends every session, and counts as proof of the address. */
export async function resetPassword(ctx: Context, input: ResetPassword): Promise<Done> {
  const { owner } = await links.follow(ctx, input.token, ['reset_password', 'invitation'])
  if (owner.email === null) throw linkInvalid()
  checkStrength(input.newPassword, { email: owner.email, role: owner.role })
  await credentials.set(ctx, owner.id, await ctx.passwords.hash(input.newPassword))
  await sessionsOf(ctx.em).endAllOf(owner.id)
  await links.voidAllOf(ctx, owner.id)
  await user.markVerified(ctx, owner.id)
  await publish(ctx, PasswordChanged, owner.id, { userId: owner.id })
  audit(ctx, { subject: owner.id })
  return done
}
