import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import type { UserId, UserSchema } from '../user/index.ts'
import type { MeView } from './schema.ts'

/** A person's view of their own account. */
export async function me(ctx: Context, userId: UserId): Promise<MeView> {
  const row = await ctx.em
    .getKysely<InferKyselyDB<typeof UserSchema>>()
    .selectFrom('user')
    .select(['id', 'email', 'name', 'role', 'permissions', 'email_verified_at as verifiedAt'])
    .where('id', '=', userId)
    .where('status', '=', 'active')
    .executeTakeFirst()
  if (!row || row.email === null) throw common.unauthenticated()
  const { verifiedAt, ...view } = row
  return { ...view, email: row.email, emailVerified: verifiedAt !== null }
}
