import type { EntityManager, InferKyselyDB } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import { createLuciaSessions } from '../../platform/adapters/lucia-sessions.ts'
import type { SessionStore, Sessions } from '../../platform/ports/sessions.ts'
import { type Given, over, statement } from '../../platform/statement.ts'
import type { UserSchema } from '../user/index.ts'
import type { SessionSchema } from './entity.ts'

type Tables = InferKyselyDB<typeof SessionSchema | typeof UserSchema>

const MINUTE = 60
const DAY = 24 * 60 * MINUTE

/** How long a session lives unused, and at most, in seconds: OWASP ASVS 7.3.1 and 7.3.2. */
export const lifetimes = {
  customer: { idle: 14 * DAY, total: 90 * DAY },
  staff: { idle: 30 * MINUTE, total: DAY / 2 },
} as const

/** So long a login counts as recent, in minutes. Whoever confirms their password gets a new session, so its age is that. */
const RECENT = 15

/** The newest so many sessions of a user stay. */
export const MAX_SESSIONS = 20

/** The sessions as one unit of work sees them. */
export const sessionsOf = (em: EntityManager): Sessions => createLuciaSessions(storeOf(em))

const find = statement(
  (given: Given<string>) =>
    over<Tables>()
      .selectFrom('session as s')
      .innerJoin('user as u', (on) => on.onRef('u.id', '=', 's.user_id').onRef('u.epoch', '=', 's.epoch'))
      .where(
        's.id',
        '=',
        given((id) => id),
      )
      .where('s.expires_at', '>', sql<Date>`now()`)
      .where('u.status', '=', 'active')
      .select(['s.id', 's.user_id as userId', 'u.role', 'u.permissions'])
      .select(
        sql<boolean>`exists (select from totp t where t.user_id = s.user_id and t.confirmed_at is not null)`.as('mfa'),
      )
      .select(sql<boolean>`s.created_at > now() - make_interval(mins => ${sql.lit(RECENT)})`.as('recent'))
      .select(
        sql<number>`case when s.expires_at >= s.ends_at then 1
        else extract(epoch from s.expires_at - now())::float8 / s.idle_seconds end`.as('life'),
      ),
  { quick: true },
)

/** Callers of `add` hold the user's row: sessions begun at the same moment would not see each other, and be too many. */
const storeOf = (em: EntityManager): SessionStore => ({
  async add(id, userId) {
    await em.execute(
      `insert into session (id, user_id, epoch, idle_seconds, expires_at, ends_at)
       select ?, u.id, u.epoch, life.idle, now() + make_interval(secs => life.idle), now() + make_interval(secs => life.total)
       from "user" u join (values (true, ?::int, ?::int), (false, ?, ?)) as life (customer, idle, total)
         on life.customer = (u.role = 'customer')
       where u.id = ? and u.status = 'active'`,
      [id, lifetimes.customer.idle, lifetimes.customer.total, lifetimes.staff.idle, lifetimes.staff.total, userId],
    )
    await em.execute(
      `delete from session where user_id = ? and (expires_at <= now() or id not in (
         select id from session where user_id = ? and expires_at > now() order by created_at desc, id = ? desc limit ?
       ))`,
      [userId, userId, id, MAX_SESSIONS],
    )
  },
  async find(id) {
    const [row] = await find({ em }, id)
    return row ?? null
  },
  async renew(id) {
    await em.execute(
      `update session set expires_at = least(now() + make_interval(secs => idle_seconds), ends_at)
       where id = ? and expires_at > now()`,
      [id],
    )
  },
  async remove(id) {
    await em.execute('delete from session where id = ?', [id])
  },
  async removeAllOf(userId) {
    await em.execute('delete from session where user_id = ?', [userId])
  },
})
