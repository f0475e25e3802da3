import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { MAX_SESSIONS } from './session-store.ts'
import { colleague, customer, outcomes, PASSWORD, sql, visitor } from './test-visitor.ts'

const shop = await testShop()

test('signing out ends the session for whoever still holds its token', async () => {
  const robin = await customer(shop)
  const copy = visitor(shop, robin.keeps)
  await robin.call.auth.logout()
  expect(robin.keeps.session).toBeNull()
  await expect(copy.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect(await robin.call.auth.logout()).toEqual({ status: 'done' })
})

test('signing in anew ends the session it was done under', async () => {
  const robin = await customer(shop)
  const before = visitor(shop, robin.keeps)
  await robin.call.auth.login({ email: robin.email, password: PASSWORD })
  await expect(before.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
})

test('no token is in the database', async () => {
  const { keeps } = await customer(shop)
  const rows = await sql<{ id: string }>(shop, 'select * from session')
  expect(JSON.stringify(rows)).not.toContain(keeps.session?.slice(3))
  expect(rows.every(({ id }) => /^[0-9a-f]{64}$/.test(id))).toBe(true)
})

test('a session is over by the clock of the database, unused or at its end', async () => {
  for (const over of [`expires_at = now()`, `expires_at = now() - interval '1 hour', ends_at = now()`]) {
    const robin = await customer(shop)
    await sql(shop, `update session set ${over} where user_id = ?`, [robin.id])
    await expect(robin.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  }
})

const left = async (userId: string) => {
  const [row] = await sql<{ idle: number; total: number }>(
    shop,
    `select round(extract(epoch from expires_at - now()) / 60)::int as idle, round(extract(epoch from ends_at - now()) / 60)::int as total
     from session where user_id = ?`,
    [userId],
  )
  return row
}

test('customers stay signed in for 14 days unused and 90 in all, staff for half an hour and half a day', async () => {
  const robin = await customer(shop)
  const boss = await colleague(shop, { role: 'admin' })
  expect(await left(robin.id)).toEqual({ idle: 14 * 24 * 60, total: 90 * 24 * 60 })
  expect(await left(boss.id)).toEqual({ idle: 30, total: 12 * 60 })
})

test('using a session lengthens it once half its time is over, but not past its end', async () => {
  const robin = await customer(shop)
  const set = (idle: string, total: string) =>
    sql(shop, `update session set expires_at = now() + ?::interval, ends_at = now() + ?::interval where user_id = ?`, [
      idle,
      total,
      robin.id,
    ])
  await set('8 days', '80 days')
  await robin.call.auth.me()
  expect(await left(robin.id)).toMatchObject({ idle: 8 * 24 * 60 })
  await set('6 days', '80 days')
  await robin.call.auth.me()
  expect(await left(robin.id)).toMatchObject({ idle: 14 * 24 * 60 })
  await set('1 day', '5 days')
  await robin.call.auth.me()
  expect(await left(robin.id)).toEqual({ idle: 5 * 24 * 60, total: 5 * 24 * 60 })
})

test('the twenty-first session ends the oldest, also when many begin at once', async () => {
  const robin = await customer(shop)
  const logins = Array.from({ length: MAX_SESSIONS + 5 }, () =>
    visitor(shop).call.auth.login({ email: robin.email, password: PASSWORD }),
  )
  expect(await outcomes(logins)).toEqual({ succeeded: MAX_SESSIONS + 5, reasons: [] })
  expect(await sql(shop, 'select 1 from session where user_id = ?', [robin.id])).toHaveLength(MAX_SESSIONS)
  await expect(robin.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
})

test('you see your own sessions, and end one or all others', async () => {
  const robin = await customer(shop)
  const phone = visitor(shop)
  await phone.call.auth.login({ email: robin.email, password: PASSWORD })
  const tablet = visitor(shop)
  await tablet.call.auth.login({ email: robin.email, password: PASSWORD })
  const { rows } = await robin.call.auth.listSessions()
  expect(rows.map(({ current }) => current).sort()).toEqual([false, false, true])
  const { rows: seenByPhone } = await phone.call.auth.listSessions()
  const phoneSession = seenByPhone.find(({ current }) => current)?.id ?? ''

  const mallory = await customer(shop)
  await expect(mallory.call.auth.revokeSession({ id: phoneSession })).rejects.toMatchObject({
    cause: { reason: 'session_not_found' },
  })
  await robin.call.auth.revokeSession({ id: phoneSession })
  await expect(phone.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect(await robin.call.auth.revokeOtherSessions()).toEqual({ ended: 1 })
  await expect(tablet.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect((await robin.call.auth.listSessions()).rows).toHaveLength(1)
})
