import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { hashToken, newToken } from '../../platform/tokens.ts'
import { mayGrant } from '../user/index.ts'
import { ApiKey, type ApiKeySchema, keyId } from './entity.ts'
import { keyNotFound } from './errors.ts'
import type { CreateKey, KeyRef, KeyView, ListKeys, NewKey } from './key-schema.ts'

type Tables = InferKyselyDB<typeof ApiKeySchema>

/** Makes a key. It can do what it is given, and at no time more than who made it: a key cannot make keys. */
export async function create(ctx: Context, input: CreateKey): Promise<NewKey> {
  const { actor } = ctx
  if (actor.kind === 'key' || !mayGrant(actor, input.permissions)) throw common.forbidden()
  const token = newToken('bk')
  const key = ctx.em.create(ApiKey, {
    ...input,
    tokenHash: hashToken(token),
    createdBy: actor.kind === 'staff' ? actor.userId : null,
  })
  await ctx.em.flush()
  audit(ctx, { subject: key.id, after: { permissions: input.permissions } })
  return { ...(await get(ctx, key)), token }
}

/** The key stops working at once, and stays in the list. */
export async function revoke(ctx: Context, { id }: KeyRef): Promise<KeyView> {
  const rows: unknown[] = await ctx.em.execute(
    'update api_key set revoked_at = coalesce(revoked_at, now()) where id = ? returning id',
    [id],
  )
  if (rows.length === 0) throw keyNotFound()
  audit(ctx, { subject: id, after: { revoked: true } })
  return get(ctx, { id })
}

/** Newest first, revoked ones too. */
export async function list(ctx: Context, input: ListKeys): Promise<Page<KeyView>> {
  let rows = select(ctx)
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    const [id] = decodeCursor(input.cursor, 'newest', [keyId.schema])
    rows = rows.where('id', '<', id)
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('newest', [row.id]),
    (row) => row,
  )
}

export async function get(ctx: Context, { id }: KeyRef): Promise<KeyView> {
  const key = await select(ctx).where('id', '=', id).executeTakeFirst()
  if (key === undefined) throw keyNotFound()
  return key
}

export const keyColumns = [
  ...(['id', 'name', 'permissions', 'created_by as createdBy', 'created_at as createdAt'] as const),
  ...(['last_used_at as lastUsedAt', 'revoked_at as revokedAt'] as const),
] as const

const select = (ctx: Context) => ctx.em.getKysely<Tables>().selectFrom('api_key').select(keyColumns)
