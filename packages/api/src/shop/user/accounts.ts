import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../../platform/context.ts'
import { emailKey } from './email.ts'
import { type Role, type UserId, type UserSchema, userId } from './entity.ts'

type Tables = InferKyselyDB<typeof UserSchema>

/**
 * Takes an e-mail address for a new account, or finds whose it is. Of many at the same moment one gets it; the others
 * wait for it. `id` is the new account's even when there is none: what is written for it then meets no row.
 */
export async function claim(
  ctx: Context,
  person: { email: string; name: string | null; role: Role },
): Promise<{ id: UserId; owner: UserId | null }> {
  const id = userId.new()
  const key = emailKey(person.email)
  await ctx.em.execute(
    `insert into "user" (id, email, email_key, name, role, permissions) values (?, ?, ?, ?, ?, '{}')
     on conflict (email_key) do nothing`,
    [id, person.email, key, person.name, person.role],
  )
  const owner = await byEmail(ctx, person.email)
  return { id, owner: owner?.id === id ? null : (owner?.id ?? null) }
}

/** The account of an e-mail address, whatever its state. */
export const byEmail = (ctx: Context, email: string) =>
  ctx.em
    .getKysely<Tables>()
    .selectFrom('user')
    .select(['id', 'role', 'status'])
    .where('email_key', '=', emailKey(email))
    .executeTakeFirst()

/**
 * Locks an account that may act, or answers null. Whatever is kept about a person is written under this lock, so that
 * nothing is added to an account while it is disabled or erased.
 */
export async function lockActive(ctx: Context, id: UserId) {
  const user = await ctx.em
    .getKysely<Tables>()
    .selectFrom('user')
    .select(['id', 'email', 'role'])
    .where('id', '=', id)
    .where('status', '=', 'active')
    .forNoKeyUpdate()
    .executeTakeFirst()
  return user ?? null
}

/** Notes that mail to an account's address reaches its owner. */
export async function markVerified(ctx: Context, id: UserId): Promise<void> {
  await ctx.em.execute(`update "user" set email_verified_at = coalesce(email_verified_at, now()) where id = ?`, [id])
}

/** Gives an account another, verified address. A taken one breaks `user_email_key_unique`. */
export async function setEmail(ctx: Context, id: UserId, email: string): Promise<void> {
  await ctx.em.execute(`update "user" set email = ?, email_key = ?, email_verified_at = now() where id = ?`, [
    email,
    emailKey(email),
    id,
  ])
}
