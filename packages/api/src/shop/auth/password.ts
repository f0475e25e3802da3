import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { publish } from '../../platform/outbox.ts'
import { securityEventAtCommit } from '../../platform/security-events.ts'
import * as user from '../user/index.ts'
import * as credentials from './credentials.ts'
import { linkInvalid, wrongPassword } from './errors.ts'
import { PasswordChanged, PasswordResetRequested } from './events.ts'
import * as links from './links.ts'
import { once } from './once.ts'
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
import { lockProven, signedIn } from './signed-in.ts'
import { hashNew } from './strength.ts'

/** Replaces the password of who is signed in, ends their other sessions, and tells them by mail. */
export async function changePassword(ctx: Context, input: ChangePassword): Promise<Done> {
  const checked = await credentials.check(ctx, signedIn(ctx).userId, input.currentPassword)
  const hash = checked && (await hashNew(ctx, input.newPassword, checked))
  return once(ctx, input, done, async (ctx) => {
    if (checked === null || hash === null) throw wrongPassword()
    const { userId, sessionId } = await lockProven(ctx, checked)
    await credentials.set(ctx, userId, hash)
    await endOthers(ctx, userId, sessionId)
    await links.voidAllOf(ctx, userId)
    await publish(ctx, PasswordChanged, userId, { userId })
    audit(ctx, { subject: userId })
    securityEventAtCommit(ctx, 'password_changed', { subject: userId })
  })
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
  if (account === null && ctx.config.accounts.reveal) throw user.userNotFound()
  const linkId = await links.issue(ctx, account?.id ?? NOBODY, 'reset_password')
  await publish(ctx, PasswordResetRequested, linkId, { linkId })
  audit(ctx, { subject: account?.id ?? linkId })
  securityEventAtCommit(ctx, 'password_reset_requested', { subject: account?.id ?? 'nobody' })
  return checkYourMail
}

const purposes = ['reset_password', 'invitation'] as const

/** Sets a new password by a link, ends every session, and counts as proof of the address. */
export async function resetPassword(ctx: Context, input: ResetPassword): Promise<Done> {
  const account = await links.ownerOf(ctx, input.token, purposes)
  const hash = account && (await hashNew(ctx, input.newPassword, account))
  return once(ctx, input, done, async (ctx) => {
    const { owner } = await links.follow(ctx, input.token, purposes)
    // Looked at before the lock: somebody who rose since then needs a longer password than was asked of them.
    if (hash === null || owner.role !== account?.role) throw linkInvalid()
    await credentials.set(ctx, owner.id, hash)
    await sessionsOf(ctx.em).endAllOf(owner.id)
    await links.voidAllOf(ctx, owner.id)
    await user.markVerified(ctx, owner.id)
    await publish(ctx, PasswordChanged, owner.id, { userId: owner.id })
    audit(ctx, { subject: owner.id })
    securityEventAtCommit(ctx, 'password_changed', { subject: owner.id, reason: 'by link' })
  })
}
