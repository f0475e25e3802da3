import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../../platform/context.ts'
import { guess } from '../../platform/limits/guess.ts'
import { emailKey, type Role, type UserId, type UserSchema } from '../user/index.ts'
import type { CredentialSchema } from './entity.ts'

type Tables = InferKyselyDB<typeof CredentialSchema | typeof UserSchema>

/** An account whose password somebody knows, and the hash that told: it may be another by the time it is acted on. */
export interface Checked {
  readonly userId: UserId
  readonly email: string
  readonly role: Role
  readonly hash: string
}

const select = (ctx: Context) =>
  ctx.em
    .getKysely<Tables>()
    .selectFrom('user as u')
    .leftJoin('credential as c', 'c.user_id', 'u.id')
    .select(['u.id as userId', 'u.email', 'u.role', 'c.password_hash as hash'])
    .where('u.status', '=', 'active')

/**
 * Checks a password for an e-mail address: null when it is wrong, and after the same work when nobody has the address.
 * Every guess at an account passes here or in {@link check}, outside of any transaction: hashes wait their turn, and must
 * not hold a connection meanwhile. Raises `rate_limited` when there were too many wrong ones.
 */
export async function checkByEmail(ctx: Context, email: string, password: string): Promise<Checked | null> {
  const found = await select(ctx).where('u.email_key', '=', emailKey(email)).executeTakeFirst()
  return verified(ctx, emailKey(email), found, password)
}

/** Checks the password of somebody who is signed in: null when it is wrong. Raises `rate_limited` like the other. */
export async function check(ctx: Context, userId: UserId, password: string): Promise<Checked | null> {
  const found = await select(ctx).where('u.id', '=', userId).executeTakeFirst()
  return verified(ctx, emailKey(found?.email ?? userId), found, password)
}

type Found = Omit<Checked, 'email' | 'hash'> & { readonly email: string | null; readonly hash: string | null }

async function verified(
  ctx: Context,
  account: string,
  found: Found | undefined,
  password: string,
): Promise<Checked | null> {
  const matches = await guess(ctx, account, () => ctx.passwords.verify(found?.hash ?? null, password))
  if (!matches || !found?.hash || found.email === null) return null
  const { userId, email, role, hash } = found
  return { userId, email, role, hash }
}

/** Gives an account a password; nothing where there is no such account. Logins that wait for a code began with another one. */
export async function set(ctx: Context, userId: UserId, hash: string): Promise<void> {
  await ctx.em.execute(
    `insert into credential (user_id, password_hash) select id, ? from "user" where id = ?
     on conflict (user_id) do update set password_hash = excluded.password_hash, changed_at = now()`,
    [hash, userId],
  )
  await ctx.em.execute('delete from login_challenge where user_id = ?', [userId])
}

/** Replaces a hash by another of the same password, or by itself; false when the password is another by now. */
export async function replace(ctx: Context, userId: UserId, from: string, to: string): Promise<boolean> {
  const rows: unknown[] = await ctx.em.execute(
    'update credential set password_hash = ? where user_id = ? and password_hash = ? returning user_id',
    [to, userId, from],
  )
  return rows.length === 1
}
