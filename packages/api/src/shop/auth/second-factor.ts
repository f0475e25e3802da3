import type { Context } from '../../platform/context.ts'
import { common, type Fault } from '../../platform/errors.ts'
import { publish } from '../../platform/outbox.ts'
import { seal, sealPrefix, unseal } from '../../platform/sealing.ts'
import { securityEventAtCommit } from '../../platform/security-events.ts'
import { hashToken } from '../../platform/tokens.ts'
import type { UserId } from '../user/index.ts'
import { codeRequired, wrongCode } from './errors.ts'
import { RecoveryCodeUsed } from './events.ts'
import { newRecoveryCodes, totpStep } from './totp.ts'

const PURPOSE = 'totp secret'

export const sealTotp = (ctx: Context, userId: UserId, secret: string): string =>
  seal(ctx.config.secrets, { purpose: PURPOSE, owner: userId }, secret)

/** So many wrong codes are free; each further one doubles the wait, up to a quarter of an hour. Nobody is locked out. */
const FREE_FAILURES = 5
const FIRST_WAIT = 30
const LONGEST_WAIT = 15 * 60

interface Row {
  readonly sealed: string
  readonly lastStep: number
  readonly confirmed: boolean
  readonly failures: number
  /** Milliseconds by the database's clock. */
  readonly now: number
  /** Seconds since the last wrong code. */
  readonly since: number
}

/** An authenticator, locked: of two codes at the same moment the second sees what became of the first. */
export async function lockTotp(ctx: Context, userId: UserId): Promise<Row | null> {
  const rows: Row[] = await ctx.em.execute(
    `select sealed, last_step::int8 as "lastStep", confirmed_at is not null as confirmed, failures,
       (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
       coalesce(extract(epoch from clock_timestamp() - failed_at), 0)::float8 as since
     from totp where user_id = ? for no key update`,
    [userId],
  )
  return rows[0] ?? null
}

/** The time step of a right code that was not accepted before; null for any other. */
export function freshStep(ctx: Context, userId: UserId, totp: Row, code: string): number | null {
  const secret = unseal(ctx.config.secrets, { purpose: PURPOSE, owner: userId }, totp.sealed)
  if (secret === undefined) {
    ctx.log.error({ userId }, 'no configured SECRET opens the secret of an authenticator: reset it')
    return null
  }
  const step = totpStep(secret, code, totp.now)
  return step !== null && step > totp.lastStep ? step : null
}

/**
 * Checks a code of the app, or a recovery code, of somebody whose row the caller holds; null when it is right, or when there
 * is no app to ask for one. What it answers is to be thrown once the transaction has committed: wrong codes are counted.
 * Each code is right once.
 */
export async function refusalOf(ctx: Context, userId: UserId, code: string | undefined): Promise<Fault | null> {
  const totp = await lockTotp(ctx, userId)
  if (!totp?.confirmed) return null
  if (code === undefined) return codeRequired()
  const wait = waitAfter(totp.failures) - totp.since
  if (wait > 0) return common.rateLimited({ retryAfterSeconds: Math.ceil(wait) })
  if (await isRight(ctx, userId, totp, code)) return null
  await ctx.em.execute('update totp set failures = failures + 1, failed_at = clock_timestamp() where user_id = ?', [
    userId,
  ])
  securityEventAtCommit(ctx, 'second_factor_failed', { subject: userId })
  return wrongCode()
}

const waitAfter = (failures: number): number =>
  failures < FREE_FAILURES ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures - FREE_FAILURES, 10))

async function isRight(ctx: Context, userId: UserId, totp: Row, code: string): Promise<boolean> {
  const step = code.length === 6 ? freshStep(ctx, userId, totp, code) : null
  if (step === null && !(await useRecoveryCode(ctx, userId, code))) return false
  await ctx.em.execute('update totp set last_step = ?, failures = 0, failed_at = null where user_id = ?', [
    step ?? totp.lastStep,
    userId,
  ])
  return true
}

async function useRecoveryCode(ctx: Context, userId: UserId, code: string): Promise<boolean> {
  const used: unknown[] = await ctx.em.execute('delete from recovery_code where id = ? and user_id = ? returning id', [
    hashToken(code),
    userId,
  ])
  if (used.length === 0) return false
  await publish(ctx, RecoveryCodeUsed, userId, { userId, left: await recoveryCodesLeft(ctx, userId) })
  return true
}

export async function recoveryCodesLeft(ctx: Context, userId: UserId): Promise<number> {
  const [row]: { left: number }[] = await ctx.em.execute(
    'select count(*)::int as left from recovery_code where user_id = ?',
    [userId],
  )
  return row?.left ?? 0
}

/** Makes new recovery codes, which are shown this once; those before them are void. */
export async function replaceRecoveryCodes(ctx: Context, userId: UserId): Promise<string[]> {
  const codes = newRecoveryCodes()
  await ctx.em.execute('delete from recovery_code where user_id = ?', [userId])
  for (const code of codes) {
    const id = hashToken(code.replaceAll('-', ''))
    await ctx.em.execute('insert into recovery_code (id, user_id) values (?, ?)', [id, userId])
  }
  return codes
}

/** Takes somebody's second factor away, and every login that waits for it. */
export async function removeSecondFactor(ctx: Context, userId: UserId): Promise<boolean> {
  await ctx.em.execute('delete from login_challenge where user_id = ?', [userId])
  await ctx.em.execute('delete from recovery_code where user_id = ?', [userId])
  const removed: { confirmed: boolean }[] = await ctx.em.execute(
    'delete from totp where user_id = ? returning confirmed_at is not null as confirmed',
    [userId],
  )
  return removed.some(({ confirmed }) => confirmed)
}

/**
 * Seals anew what was sealed with a key that is on its way out of the configuration, so that it may be taken away. A
 * schedule runs it.
 */
export async function resealTotp(ctx: Context): Promise<void> {
  const rows: { userId: UserId; sealed: string }[] = await ctx.em.execute(
    'select user_id as "userId", sealed from totp where not starts_with(sealed, ?) order by user_id limit 500',
    [sealPrefix(ctx.config.secrets, PURPOSE)],
  )
  for (const { userId, sealed } of rows) {
    const secret = unseal(ctx.config.secrets, { purpose: PURPOSE, owner: userId }, sealed)
    if (secret === undefined) {
      ctx.log.error({ userId }, 'no configured SECRET opens the secret of an authenticator: reset it')
      continue
    }
    const anew = sealTotp(ctx, userId, secret)
    await ctx.em.execute('update totp set sealed = ? where user_id = ? and sealed = ?', [anew, userId, sealed])
  }
}
