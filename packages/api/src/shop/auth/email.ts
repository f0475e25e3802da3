import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { violatedConstraint } from '../../platform/flush.ts'
import { publish } from '../../platform/outbox.ts'
import * as user from '../user/index.ts'
import * as credentials from './credentials.ts'
import { linkInvalid } from './errors.ts'
import { EmailChanged, EmailChangeRequested, EmailVerificationRequested, EmailVerified } from './events.ts'
import * as links from './links.ts'
import { once } from './once.ts'
import {
  type CheckYourMail,
  checkYourMail,
  type Done,
  done,
  type FollowLink,
  type Nothing,
  type RequestEmailChange,
} from './schema.ts'
import { endOthers } from './sessions.ts'
import { lockProven, lockSignedIn, signedIn } from './signed-in.ts'

export async function requestEmailVerification(ctx: Context, _input: Nothing): Promise<CheckYourMail> {
  const { userId } = await lockSignedIn(ctx)
  const linkId = await links.issue(ctx, userId, 'verify_email')
  await publish(ctx, EmailVerificationRequested, userId, { userId, linkId })
  audit(ctx, { subject: userId })
  return checkYourMail
}

export async function verifyEmail(ctx: Context, { token }: FollowLink): Promise<Done> {
  const { owner } = await links.follow(ctx, token, ['verify_email'])
  await user.markVerified(ctx, owner.id)
  await publish(ctx, EmailVerified, owner.id, { userId: owner.id })
  audit(ctx, { subject: owner.id })
  return done
}

/** Sends a link to the new address, whoever may have it already: only its owner learns that, on following the link. */
export async function requestEmailChange(ctx: Context, input: RequestEmailChange): Promise<CheckYourMail> {
  const checked = await credentials.check(ctx, signedIn(ctx).userId, input.password)
  return once(ctx, input, checkYourMail, async (ctx) => {
    const { userId } = await lockProven(ctx, checked)
    const linkId = await links.issue(ctx, userId, 'change_email', input.newEmail)
    await publish(ctx, EmailChangeRequested, userId, { userId, linkId })
    audit(ctx, { subject: userId })
  })
}

/** Takes the new address over; links to the old one are void, and every session but the caller's own ends. */
export async function confirmEmailChange(ctx: Context, { token }: FollowLink): Promise<Done> {
  const { id, newEmail, owner } = await links.follow(ctx, token, ['change_email'])
  if (newEmail === null) throw linkInvalid()
  try {
    await user.setEmail(ctx, owner.id, newEmail)
  } catch (error) {
    throw violatedConstraint(error) === 'user_email_key_unique' ? user.emailTaken() : error
  }
  await links.voidAllOf(ctx, owner.id)
  const { actor } = ctx
  await endOthers(ctx, owner.id, 'sessionId' in actor && actor.userId === owner.id ? actor.sessionId : null)
  await publish(ctx, EmailChanged, owner.id, { userId: owner.id, linkId: id })
  audit(ctx, { subject: owner.id })
  return done
}
