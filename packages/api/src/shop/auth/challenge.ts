import type { Context } from '../../platform/context.ts'
import { hashToken, newToken } from '../../platform/tokens.ts'
import type { UserId } from '../user/index.ts'

/** How long somebody may take to type their code, in minutes. */
const LIFETIME = 5
/** The newest so many logins of a user may wait for their code. */
const MAX_WAITING = 5

export interface Challenge {
  readonly challenge: string
  readonly expiresAt: Date
}

/** Notes that somebody, whose row the caller holds, has shown their password; null when no app asks for a code as well. */
export async function beginChallenge(ctx: Context, userId: UserId): Promise<Challenge | null> {
  const challenge = newToken('bc')
  const id = hashToken(challenge)
  const rows: { expiresAt: string }[] = await ctx.em.execute(
    `insert into login_challenge (id, user_id, epoch, expires_at)
     select ?, u.id, u.epoch, now() + make_interval(mins => ?)
     from "user" u join totp t on t.user_id = u.id and t.confirmed_at is not null
     where u.id = ? returning expires_at as "expiresAt"`,
    [id, LIFETIME, userId],
  )
  const [begun] = rows
  if (begun === undefined) return null
  await ctx.em.execute(
    `delete from login_challenge where user_id = ? and (expires_at <= now() or id not in (
       select id from login_challenge where user_id = ? order by created_at desc, id = ? desc limit ?
     ))`,
    [userId, userId, id, MAX_WAITING],
  )
  return { challenge, expiresAt: new Date(begun.expiresAt) }
}

/** Whose login waits under a token; null when it is over, or its user may not act or has been signed out since. */
export async function challenged(ctx: Context, challenge: string): Promise<UserId | null> {
  const rows: { userId: UserId }[] = await ctx.em.execute(
    `select u.id as "userId" from login_challenge c
     join "user" u on u.id = c.user_id and u.epoch = c.epoch and u.status = 'active'
     where c.id = ? and c.expires_at > now()`,
    [hashToken(challenge)],
  )
  return rows[0]?.userId ?? null
}

/** Uses a challenge up: of two answers to it one gets in. */
export async function endChallenge(ctx: Context, challenge: string): Promise<void> {
  await ctx.em.execute('delete from login_challenge where id = ?', [hashToken(challenge)])
}
