import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { emailKey } from './email.ts'
import { type UserSchema, userId } from './entity.ts'
import { userNotFound } from './errors.ts'
import { visibleRoles } from './rules.ts'
import type { ListUsers, UserRef, UserView } from './schema.ts'

type Tables = InferKyselyDB<typeof UserSchema>

const select = (ctx: Context) =>
  ctx.em
    .getKysely<Tables>()
    .selectFrom('user')
    .select([
      'id',
      'email',
      'name',
      'role',
      'permissions',
      'status',
      'email_verified_at as emailVerifiedAt',
      'created_at as createdAt',
    ])
    .where('role', 'in', visibleRoles(ctx.actor))

export async function get(ctx: Context, { id }: UserRef): Promise<UserView> {
  const user = await select(ctx).where('id', '=', id).executeTakeFirst()
  if (user === undefined) throw userNotFound()
  return user
}

/** Newest first. */
export async function list(ctx: Context, input: ListUsers): Promise<Page<UserView>> {
  let rows = select(ctx)
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  const { role, status, text } = input
  if (role !== undefined) rows = rows.where('role', '=', role)
  if (status !== undefined) rows = rows.where('status', '=', status)
  if (text !== undefined) {
    const part = (value: string) => `%${value.replaceAll(/[\\%_]/g, '\\$&')}%`
    rows = rows.where((eb) => eb.or([eb('email_key', 'like', part(emailKey(text))), eb('name', 'ilike', part(text))]))
  }
  if (input.cursor !== undefined) {
    const [id] = decodeCursor(input.cursor, 'newest', [userId.schema])
    rows = rows.where('id', '<', id)
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('newest', [row.id]),
    (row) => row,
  )
}
