import { createHmac } from 'node:crypto'
import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import type { Config } from '../../platform/config.ts'
import type { Context } from '../../platform/context.ts'
import { hashToken } from '../../platform/tokens.ts'
import * as user from '../user/index.ts'
import { type LinkId, type LinkPurpose, type LinkSchema, linkId } from './entity.ts'
import { linkInvalid } from './errors.ts'

type Tables = InferKyselyDB<typeof LinkSchema>

/** How long a link works, in minutes, by the database's clock. */
const minutes: Readonly<Record<LinkPurpose, number>> = {
  verify_email: 60,
  reset_password: 60,
  invitation: 7 * 24 * 60,
  change_email: 60,
}

const tokenOf = (secret: string, purpose: LinkPurpose, id: LinkId): string =>
  createHmac('sha256', secret).update(`link:${purpose}:${id}`).digest('base64url')

/**
 * The token of a link, made again from its row by whoever writes the mail, so that it is stored nowhere. Null when the
 * secret it was made with is no longer configured: the link is dead.
 */
export function linkToken(
  config: Config,
  link: { id: LinkId; purpose: LinkPurpose; tokenHash: string },
): string | null {
  const tokens = config.secrets.map((secret) => tokenOf(secret, link.purpose, link.id))
  return tokens.find((token) => hashToken(token) === link.tokenHash) ?? null
}

/** Makes a link and voids those of the same purpose before it. The caller holds the user's row; no row, no link. */
export async function issue(
  ctx: Context,
  userId: user.UserId,
  purpose: LinkPurpose,
  newEmail: string | null = null,
): Promise<LinkId> {
  const id = linkId.new()
  const [secret = ''] = ctx.config.secrets
  await ctx.em.execute('update link set used_at = now() where user_id = ? and purpose = ? and used_at is null', [
    userId,
    purpose,
  ])
  await ctx.em.execute(
    `insert into link (id, user_id, purpose, token_hash, new_email, old_email, expires_at)
     select ?, id, ?, ?, ?, case when ? = 'change_email' then email end, now() + make_interval(mins => ?)
     from "user" where id = ?`,
    [id, purpose, hashToken(tokenOf(secret, purpose, id)), newEmail, purpose, minutes[purpose], userId],
  )
  return id
}

/**
 * Uses a link up, once, and locks the user it was for. Raises `link_invalid` when it is none of these purposes, used,
 * void, expired, or its user may not act.
 */
export async function follow(ctx: Context, token: string, purposes: readonly LinkPurpose[]) {
  const db = ctx.em.getKysely<Tables>()
  const tokenHash = hashToken(token)
  const found = await db.selectFrom('link').select('user_id').where('token_hash', '=', tokenHash).executeTakeFirst()
  // User before link, as whoever issues one does: the other way round the two would wait for each other.
  const owner = found && (await user.lockActive(ctx, found.user_id))
  const link =
    owner &&
    (await db
      .updateTable('link')
      .set({ used_at: sql<Date>`now()` })
      .where('token_hash', '=', tokenHash)
      .where('purpose', 'in', purposes)
      .where('used_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning(['id', 'new_email as newEmail'])
      .executeTakeFirst())
  if (!link || !owner) throw linkInvalid()
  return { ...link, owner }
}

/** Whose a link is that could be followed now, without following it; null when it could not. */
export async function ownerOf(ctx: Context, token: string, purposes: readonly LinkPurpose[]) {
  const owner = await ctx.em
    .getKysely<InferKyselyDB<typeof LinkSchema | typeof user.UserSchema>>()
    .selectFrom('link as l')
    .innerJoin('user as u', 'u.id', 'l.user_id')
    .select(['u.email', 'u.role'])
    .where('l.token_hash', '=', hashToken(token))
    .where('l.purpose', 'in', purposes)
    .where('l.used_at', 'is', null)
    .where('l.expires_at', '>', sql<Date>`now()`)
    .where('u.status', '=', 'active')
    .executeTakeFirst()
  return owner === undefined || owner.email === null ? null : { email: owner.email, role: owner.role }
}

/** Voids every link of a user. */
export async function voidAllOf(ctx: Context, userId: user.UserId): Promise<void> {
  await ctx.em.execute('update link set used_at = now() where user_id = ? and used_at is null', [userId])
}

/**
 * What a mail with a link needs, read when it is written: null when there is no such link, or it is used, void, expired,
 * or its user is gone. `to` is the address that the link proves; `oldEmail` the one a change of address replaces.
 */
export async function linkMail(ctx: Context, id: LinkId) {
  const link = await ctx.em
    .getKysely<InferKyselyDB<typeof LinkSchema | typeof user.UserSchema>>()
    .selectFrom('link as l')
    .innerJoin('user as u', 'u.id', 'l.user_id')
    .select(['l.id', 'l.purpose', 'l.token_hash as tokenHash', 'l.expires_at as expiresAt', 'l.old_email as oldEmail'])
    .select(['u.name', 'u.email', 'l.new_email as newEmail'])
    .where('l.id', '=', id)
    .where('l.used_at', 'is', null)
    .where('l.expires_at', '>', sql<Date>`now()`)
    .where('u.status', '=', 'active')
    .executeTakeFirst()
  if (link === undefined) return null
  const { name, purpose, expiresAt, oldEmail, newEmail, email } = link
  const token = linkToken(ctx.config, link)
  const to = newEmail ?? email
  return token === null || to === null ? null : { to, name, purpose, token, expiresAt, oldEmail }
}

/** Both addresses of a change of e-mail, for the notice to the old one; null when its user is gone. */
export async function emailChange(ctx: Context, id: LinkId) {
  const change = await ctx.em
    .getKysely<InferKyselyDB<typeof LinkSchema | typeof user.UserSchema>>()
    .selectFrom('link as l')
    .innerJoin('user as u', 'u.id', 'l.user_id')
    .select(['l.old_email as oldEmail', 'l.new_email as newEmail', 'u.name'])
    .where('l.id', '=', id)
    .where('l.purpose', '=', 'change_email')
    .executeTakeFirst()
  return change ?? null
}
