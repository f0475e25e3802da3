import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import type { UserId, UserSchema } from '../user/index.ts'
import type { SessionSchema } from './entity.ts'
import { sessionNotFound } from './errors.ts'
import type { Ended, Nothing, SessionRef, Sessions } from './schema.ts'
import { signedIn } from './signed-in.ts'

type Tables = InferKyselyDB<typeof SessionSchema | typeof UserSchema>

/** Your sessions, newest first. */
export async function list(ctx: Context, _input: Nothing): Promise<Sessions> {
  const { userId, sessionId } = signedIn(ctx)
  const rows = await ctx.em
    .getKysely<Tables>()
    .selectFrom('session as s')
    .innerJoin('user as u', (on) => on.onRef('u.id', '=', 's.user_id').onRef('u.epoch', '=', 's.epoch'))
    .select(['s.id', 's.created_at as createdAt', 's.expires_at as expiresAt'])
    .where('s.user_id', '=', userId)
    .where('s.expires_at', '>', sql<Date>`now()`)
    .orderBy('s.created_at', 'desc')
    .orderBy('s.id')
    .execute()
  return { rows: rows.map((row) => ({ ...row, current: row.id === sessionId })) }
}

export async function revoke(ctx: Context, { id }: SessionRef): Promise<SessionRef> {
  const { userId, sessionId } = signedIn(ctx)
  const ended: unknown[] = await ctx.em.execute('delete from session where id = ? and user_id = ? returning id', [
    id,
    userId,
  ])
  if (ended.length === 0) throw sessionNotFound()
  audit(ctx, { subject: userId, before: { sessionId: id } })
  if (id === sessionId) ctx.credentials.setSession(null)
  return { id }
}

export async function revokeOthers(ctx: Context, _input: Nothing): Promise<Ended> {
  const { userId, sessionId } = signedIn(ctx)
  const ended = await endOthers(ctx, userId, sessionId)
  audit(ctx, { subject: userId, before: { sessions: ended } })
  return { ended }
}

/** Ends the session of this call, whose user the caller holds. False when it is over already: nothing may come of it. */
export async function endCurrent(ctx: Context): Promise<boolean> {
  const ended: unknown[] = await ctx.em.execute(
    `delete from session s using "user" u
     where s.id = ? and u.id = s.user_id and u.epoch = s.epoch and s.expires_at > now() returning s.id`,
    [signedIn(ctx).sessionId],
  )
  return ended.length === 1
}

/** Ends a user's sessions but the one to keep, and says how many. */
export async function endOthers(ctx: Context, userId: UserId, keep: string | null): Promise<number> {
  const ended: unknown[] = await ctx.em.execute(`delete from session where user_id = ? and id <> ? returning id`, [
    userId,
    keep ?? '',
  ])
  return ended.length
}
