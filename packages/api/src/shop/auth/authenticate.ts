import type { EntityManager, InferKyselyDB } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import type { Actor } from '../../platform/actor.ts'
import type { Runtime } from '../../platform/context.ts'
import type { Presented } from '../../platform/http/credentials.ts'
import { hashToken } from '../../platform/tokens.ts'
import type { UserSchema } from '../user/index.ts'
import type { ApiKeySchema } from './entity.ts'
import { sessionsOf } from './session-store.ts'

type Tables = InferKyselyDB<typeof ApiKeySchema | typeof UserSchema>

/** Says who calls, from what a request brought: one statement for a session or a key, none for a guest, and every doubt a guest. */
export async function authenticate(runtime: Runtime, { session, guest, cookies }: Presented): Promise<Actor> {
  const guestHash = guest?.startsWith('bg_') ? hashToken(guest) : null
  // Most have nothing to look up, and a unit of work is not made for nothing.
  const actor = session === null ? null : await bySecret(runtime, session, guestHash, cookies)
  return actor ?? { kind: 'guest', guest: guestHash }
}

async function bySecret(
  runtime: Runtime,
  secret: string,
  guest: string | null,
  cookies: boolean,
): Promise<Actor | null> {
  const em = runtime.orm.em.fork()
  if (secret.startsWith('bs_')) return bySession(runtime, em, secret, guest)
  // A key in a cookie would be a browser's, and a browser signs in.
  return secret.startsWith('bk_') && !cookies ? byKey(em, secret) : null
}

async function bySession(
  { config }: Runtime,
  em: EntityManager,
  token: string,
  guest: string | null,
): Promise<Actor | null> {
  const open = await sessionsOf(em).read(token)
  if (open === null) return null
  const { id: sessionId, userId, role, permissions, recent, mfa } = open
  if (role === 'customer') return { kind: 'customer', userId, sessionId, guest }
  // Where the second factor is demanded, who has none has no power either, wherever it would be looked at.
  if (config.accounts.requireMfa && !mfa)
    return { kind: 'staff', userId, sessionId, admin: false, permissions: [], assurance: 'unenrolled' }
  const assurance = recent ? 'recent' : 'older'
  return { kind: 'staff', userId, sessionId, admin: role === 'admin', permissions, assurance }
}

async function byKey(em: EntityManager, token: string): Promise<Actor | null> {
  const key = await em
    .getKysely<Tables>()
    .selectFrom('api_key as k')
    .leftJoin('user as u', 'u.id', 'k.created_by')
    .select(['k.id', 'k.permissions', 'k.created_by as createdBy', 'u.role', 'u.status', 'u.permissions as theirs'])
    .select(sql<boolean>`k.last_used_at is null or k.last_used_at < now() - interval '1 minute'`.as('unnoted'))
    .where('k.token_hash', '=', hashToken(token))
    .where('k.revoked_at', 'is', null)
    .executeTakeFirst()
  if (key === undefined) return null
  if (key.createdBy !== null && key.status !== 'active') return null
  if (key.unnoted) await em.execute('update api_key set last_used_at = now() where id = ?', [key.id])
  const boundless = key.createdBy === null || key.role === 'admin'
  const permissions = boundless ? key.permissions : key.permissions.filter((one) => key.theirs?.includes(one))
  return { kind: 'key', keyId: key.id, permissions }
}
