import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { z } from 'zod'
import type { AuditEntrySchema, auditEntryId } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { securityEvent } from '../../platform/security-events.ts'
import * as address from '../address/index.ts'
import * as cart from '../cart/index.ts'
import * as order from '../order/index.ts'
import * as user from '../user/index.ts'
import type { ApiKeySchema, CredentialSchema, KeyId, LinkId, LinkSchema, SessionSchema, TotpSchema } from './entity.ts'
import { keyColumns } from './keys.ts'
import type { ExportMine, ExportUser, PersonalDatum } from './personal-data.ts'
import { signedIn } from './signed-in.ts'

type Tables = InferKyselyDB<
  | typeof ApiKeySchema
  | typeof AuditEntrySchema
  | typeof CredentialSchema
  | typeof LinkSchema
  | typeof SessionSchema
  | typeof TotpSchema
  | typeof user.UserSchema
>

interface Found {
  readonly id: string
  readonly datum: PersonalDatum
}

/** What is kept in one place about somebody, from an id on. */
type Section = (ctx: Context, userId: user.UserId, from: { after: string; limit: number }) => Promise<Found[]>

const db = (ctx: Context) => ctx.em.getKysely<Tables>()

const account: Section = async (ctx, userId, { after }) => {
  if (after !== '') return []
  const rows = await db(ctx)
    .selectFrom('user as u')
    .leftJoin('credential as c', 'c.user_id', 'u.id')
    .leftJoin('totp as t', 't.user_id', 'u.id')
    .select(['u.id', 'u.email', 'u.name', 'u.role', 'u.permissions', 'u.status', 'u.created_at as createdAt'])
    .select(['u.email_verified_at as emailVerifiedAt', 'c.changed_at as passwordChangedAt'])
    .select('t.confirmed_at as totpSince')
    .where('u.id', '=', userId)
    .execute()
  return rows.map((account) => ({ id: account.id, datum: { kind: 'account', account } }))
}

const addresses: Section = async (ctx, userId, from) =>
  (await address.keptOf(ctx, userId, from)).map((address) => ({
    id: address.id,
    datum: { kind: 'address', address },
  }))

const carts: Section = async (ctx, userId, from) =>
  (await cart.keptOf(ctx, userId, from)).map((cart) => ({ id: cart.id, datum: { kind: 'cart', cart } }))

// Not those that a guest placed under this address: who types one is not proven to be its owner, and such an order holds the
// name and home of whoever placed it. Its confirmation was mailed with a link that shows it.
const orders: Section = async (ctx, userId, from) =>
  (await order.keptOf(ctx, userId, from)).map((order) => ({ id: order.id, datum: { kind: 'order', order } }))

const sessions: Section = async (ctx, userId, { after, limit }) => {
  const rows = await db(ctx)
    .selectFrom('session')
    .select(['id', 'created_at as startedAt', 'expires_at as expiresAt'])
    .where('user_id', '=', userId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id, ...session }) => ({ id, datum: { kind: 'session', session } }))
}

// The ids below are text with a prefix of their own type: what stands in a cursor is compared as it is.
const letters: Section = async (ctx, userId, { after, limit }) => {
  const rows = await db(ctx)
    .selectFrom('link')
    .select(['id', 'purpose', 'new_email as newEmail', 'old_email as oldEmail'])
    .select(['created_at as createdAt', 'used_at as usedAt'])
    .where('user_id', '=', userId)
    .where('id', '>', after as LinkId)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id, ...link }) => ({ id, datum: { kind: 'link', link } }))
}

const keys: Section = async (ctx, userId, { after, limit }) => {
  const rows = await db(ctx)
    .selectFrom('api_key')
    .select(keyColumns)
    .where('created_by', '=', userId)
    .where('id', '>', after as KeyId)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((key) => ({ id: key.id, datum: { kind: 'api_key', key } }))
}

const deeds: Section = async (ctx, userId, { after, limit }) => {
  const rows = await db(ctx)
    .selectFrom('audit_entry')
    .select(['id', 'at', 'action', 'subject', 'before', 'after'])
    .where((eb) => eb.or([eb('actor', '=', userId), eb('subject', '=', userId)]))
    .where('id', '>', after as z.output<typeof auditEntryId.schema>)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id, ...deed }) => ({ id, datum: { kind: 'deed', deed } }))
}

/** In the order they come; a place that keeps something of a person and is not here is a fault a test finds. */
const sections: readonly Section[] = [account, addresses, carts, orders, sessions, letters, keys, deeds]

const place = [
  z
    .int()
    .min(0)
    .max(sections.length - 1),
  z.string().max(100),
] as const

/** Everything that is kept about somebody, part by part. */
async function kept(ctx: Context, id: user.UserId, { cursor, limit }: ExportMine): Promise<Page<PersonalDatum>> {
  const [begin, after] = cursor === undefined ? [0, ''] : decodeCursor(cursor, 'personal data', place)
  const found: (Found & { section: number })[] = []
  for (const [section, read] of sections.entries()) {
    const missing = limit + 1 - found.length
    if (section < begin || missing === 0) continue
    const rows = await read(ctx, id, { after: section === begin ? after : '', limit: missing })
    found.push(...rows.map((row) => ({ ...row, section })))
  }
  return toPage(
    found,
    limit,
    (row) => encodeCursor('personal data', [row.section, row.id]),
    (row) => row.datum,
  )
}

/** Everything the shop keeps about who is signed in. */
export const exportMine = (ctx: Context, input: ExportMine): Promise<Page<PersonalDatum>> =>
  kept(ctx, signedIn(ctx).userId, input)

/** The same about somebody else, for staff whom they have asked. Raises `user_not_found`. */
export async function exportUser(ctx: Context, { id, ...input }: ExportUser): Promise<Page<PersonalDatum>> {
  const account = await user.get(ctx, { id })
  if (input.cursor === undefined) securityEvent(ctx, 'personal_data_exported', { subject: account.id })
  return kept(ctx, account.id, input)
}
