import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { common, Fault } from '../../platform/errors.ts'
import { publish } from '../../platform/outbox.ts'
import { securityEventAtCommit } from '../../platform/security-events.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as user from '../user/index.ts'
import * as credentials from './credentials.ts'
import { totpEnabled, totpNotBegun, wrongCode } from './errors.ts'
import { TotpDisabled, TotpEnabled } from './events.ts'
import type {
  ConfirmPassword,
  ConfirmTotp,
  Done,
  EnrolTotp,
  Nothing,
  ProveTwice,
  RecoveryCodes,
  TotpSecret,
  TotpStatus,
} from './schema.ts'
import { done } from './schema.ts'
import {
  freshStep,
  lockTotp,
  recoveryCodesLeft,
  refusalOf,
  removeSecondFactor,
  replaceRecoveryCodes,
  sealTotp,
} from './second-factor.ts'
import { sessionsOf } from './session-store.ts'
import { endCurrent, endOthers } from './sessions.ts'
import { lockProven, lockSignedIn, signedIn } from './signed-in.ts'
import { newTotpSecret, totpUri } from './totp.ts'

type Me = Awaited<ReturnType<typeof lockProven>>

/** Runs `work` for who has shown their password, and a code where they have an app. What is refused counts all the same. */
async function provenTwice<T>(ctx: Context, proof: ConfirmPassword, work: (ctx: Context, me: Me) => Promise<T>) {
  const checked = await credentials.check(ctx, signedIn(ctx).userId, proof.password)
  const outcome = await inTransaction(ctx, async (ctx) => {
    const me = await lockProven(ctx, checked)
    return (await refusalOf(ctx, me.userId, proof.code)) ?? { value: await work(ctx, me) }
  })
  if (outcome instanceof Fault) throw outcome
  return outcome.value
}

/**
 * Proves anew who is signed in, for what needs a recent login. The session ends and a new one begins, whose token goes back
 * as the first one did: whoever got hold of the old token has nothing of it. Raises `wrong_password`, `code_required`.
 */
export async function confirmPassword(ctx: Context, input: ConfirmPassword): Promise<Done> {
  const token = await provenTwice(ctx, input, async (ctx, { userId }) => {
    // Looked at before the lock: it may have ended since, and nothing may come of it then.
    if (!(await endCurrent(ctx))) throw common.unauthenticated()
    audit(ctx, { subject: userId })
    return sessionsOf(ctx.em).begin(userId)
  })
  ctx.credentials.setSession(token)
  return done
}

export async function totpStatus(ctx: Context, _input: Nothing): Promise<TotpStatus> {
  const { userId } = signedIn(ctx)
  const rows: unknown[] = await ctx.em.execute('select 1 from totp where user_id = ? and confirmed_at is not null', [
    userId,
  ])
  return {
    enabled: rows.length === 1,
    required: ctx.actor.kind === 'staff' && ctx.config.accounts.requireMfa,
    recoveryCodesLeft: await recoveryCodesLeft(ctx, userId),
  }
}

/** Makes a secret for an authenticator app, shown this once. It counts from {@link confirmTotp} on. Raises `totp_enabled`. */
export async function enrolTotp(ctx: Context, { password }: EnrolTotp): Promise<TotpSecret> {
  const checked = await credentials.check(ctx, signedIn(ctx).userId, password)
  return inTransaction(ctx, async (ctx) => {
    const { userId, email } = await lockProven(ctx, checked)
    if ((await lockTotp(ctx, userId))?.confirmed) throw totpEnabled()
    const secret = newTotpSecret()
    await ctx.em.execute(
      `insert into totp (user_id, sealed) values (?, ?)
       on conflict (user_id) do update set sealed = excluded.sealed, last_step = 0, created_at = now()`,
      [userId, sealTotp(ctx, userId, secret)],
    )
    audit(ctx, { subject: userId })
    return { secret, uri: totpUri(secret, { issuer: shopName(ctx), label: email }) }
  })
}

const shopName = ({ config }: Context): string => config.mail.from.name ?? new URL(config.storefrontUrl).hostname

/**
 * Puts the authenticator app to use, by its first code. Answers the recovery codes, shown this once. Every session ends, and
 * a new one begins for the caller. Raises `wrong_code`, `totp_enabled`, `totp_not_begun`.
 */
export async function confirmTotp(ctx: Context, { code }: ConfirmTotp): Promise<RecoveryCodes> {
  const { token, recoveryCodes } = await inTransaction(ctx, async (ctx) => {
    const { userId } = await lockSignedIn(ctx)
    const totp = await lockTotp(ctx, userId)
    if (totp === null) throw totpNotBegun()
    if (totp.confirmed) throw totpEnabled()
    const step = freshStep(ctx, userId, totp, code)
    if (step === null) throw wrongCode()
    await ctx.em.execute('update totp set confirmed_at = now(), last_step = ? where user_id = ?', [step, userId])
    const recoveryCodes = await replaceRecoveryCodes(ctx, userId)
    if (!(await endCurrent(ctx))) throw common.unauthenticated()
    const sessions = sessionsOf(ctx.em)
    await sessions.endAllOf(userId)
    await publish(ctx, TotpEnabled, userId, { userId })
    securityEventAtCommit(ctx, 'second_factor_changed', { subject: userId, reason: 'enrolled' })
    audit(ctx, { subject: userId, after: { totp: true } })
    return { token: await sessions.begin(userId), recoveryCodes }
  })
  ctx.credentials.setSession(token)
  return { recoveryCodes }
}

/** Signs in without the app from now on. Raises `wrong_password`, `wrong_code`. */
export const disableTotp = (ctx: Context, input: ProveTwice): Promise<Done> =>
  provenTwice(ctx, input, async (ctx, { userId, sessionId }) => {
    const removed = await removeSecondFactor(ctx, userId)
    if (removed) await publish(ctx, TotpDisabled, userId, { userId, by: 'owner' })
    securityEventAtCommit(ctx, 'second_factor_changed', { subject: userId, reason: 'removed' })
    await endOthers(ctx, userId, sessionId)
    audit(ctx, { subject: userId, before: { totp: removed } })
    return done
  })

/** Makes ten new recovery codes, shown this once; the old ones are void. Raises `totp_not_begun`. */
export const renewRecoveryCodes = (ctx: Context, input: ProveTwice): Promise<RecoveryCodes> =>
  provenTwice(ctx, input, async (ctx, { userId }) => {
    if (!(await lockTotp(ctx, userId))?.confirmed) throw totpNotBegun()
    audit(ctx, { subject: userId })
    return { recoveryCodes: await replaceRecoveryCodes(ctx, userId) }
  })

/** Takes the authenticator app of an account away, whose owner has lost it with all codes, and ends its sessions. */
export async function resetTotp(ctx: Context, { id }: user.UserRef): Promise<user.UserRef> {
  const account = await user.signOut(ctx, { id })
  const removed = await removeSecondFactor(ctx, id)
  if (removed) await publish(ctx, TotpDisabled, id, { userId: id, by: 'admin' })
  securityEventAtCommit(ctx, 'second_factor_changed', { subject: id, reason: 'reset' })
  audit(ctx, { subject: account.id, before: { totp: removed } })
  return { id }
}
