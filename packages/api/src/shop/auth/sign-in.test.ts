import { createHash, randomUUID } from 'node:crypto'
import { testShop } from '@barrow/dev/test-shop'
import { hash } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { createArgon2Passwords, createTurns, NOBODY } from '../../platform/adapters/argon2-passwords.ts'
import { MAX_SESSIONS } from './session-store.ts'
import { colleague, customer, eventLog, mailTo, outcomes, PASSWORD, sql, visitor } from './test-visitor.ts'

const argon2 = createArgon2Passwords()
const work = { hashes: 0, verifications: 0 }
const shop = await testShop({
  passwords: {
    ...argon2,
    hash: (password) => {
      work.hashes += 1
      return argon2.hash(password)
    },
    verify: (hash, password) => {
      work.verifications += 1
      return argon2.verify(hash, password)
    },
  },
})

const workOf = async (call: Promise<unknown>) => {
  const before = { ...work }
  await call.catch(() => {})
  return { hashes: work.hashes - before.hashes, verifications: work.verifications - before.verifications }
}

test('whoever registers can sign in, and is who they said', async () => {
  const { call } = visitor(shop)
  expect(await call.auth.register({ email: 'Ada@Example.com', password: PASSWORD, name: 'Ada Byron' })).toEqual({
    status: 'check_your_mail',
  })
  await expect(call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  const me = await call.auth.login({ email: 'ada@example.com', password: PASSWORD })
  expect(me).toMatchObject({ email: 'Ada@Example.com', name: 'Ada Byron', role: 'customer', emailVerified: false })
  expect(await call.auth.me()).toEqual(me)
})

test('registering an address a second time answers the same, makes nothing, and tells its owner', async () => {
  const robin = await customer(shop)
  const published = eventLog(shop)
  await published()
  const { call } = visitor(shop)
  const other = 'another password entirely'
  const first = await call.auth.register({ email: 'new-here@example.com', password: other })
  const second = await call.auth.register({ email: robin.email.toUpperCase(), password: other, name: 'Mallory' })
  expect(second).toEqual(first)
  expect((await published()).map(({ name }) => name)).toEqual(['auth.registered', 'auth.already_registered'])
  await expect(call.auth.login({ email: robin.email, password: other })).rejects.toMatchObject({
    cause: { reason: 'wrong_credentials' },
  })
  expect(await robin.call.auth.me()).toMatchObject({ name: 'Robin Reed' })
})

test('registering again under the same key does nothing more, and what is kept of the call gives no password away', async () => {
  const input = { email: 'keyed@example.com', password: PASSWORD, name: null }
  const visitorWithCart = shop.as({ kind: 'guest', guest: 'a'.repeat(64) }, randomUUID())
  const published = eventLog(shop)
  await published()
  await Promise.all([1, 2, 3].map(() => visitorWithCart.auth.register(input)))
  expect((await published()).map(({ name }) => name)).toEqual(['auth.registered'])
  const rows = await sql<{ kept: string }>(shop, 'select request_hash as kept from idempotency_key')
  expect(rows).toHaveLength(1)
  const plain = createHash('sha256').update(JSON.stringify(input)).digest('hex')
  expect(rows.map(({ kept }) => kept)).not.toContain(plain)
})

test('fifty people who register one address at the same moment, in all its spellings, make one account', async () => {
  const spellings = [
    'kim@example.com',
    'KIM@example.com',
    'ｋｉｍ@example.com',
    'Kim@EXAMPLE.com',
    'ＫＩＭ@example.com',
  ]
  const calls = Array.from({ length: 50 }, (_, index) =>
    visitor(shop).call.auth.register({ email: spellings[index % 5] ?? '', password: PASSWORD }),
  )
  expect(await outcomes(calls)).toEqual({ succeeded: 50, reasons: [] })
  expect(await sql(shop, `select 1 from "user" where email_key = 'kim@example.com'`)).toHaveLength(1)
})

test('an unknown address, a wrong password, a disabled account and one without password all get one answer, after the same work', async () => {
  const robin = await customer(shop)
  const gone = await customer(shop)
  await shop.system.user.disable({ id: gone.id })
  const invited = 'invited-only@example.com'
  await shop.system.user.create({ email: invited, role: 'customer' })
  const attempts = [
    { email: 'nobody@example.com', password: PASSWORD },
    { email: robin.email, password: 'not the password' },
    { email: gone.email, password: PASSWORD },
    { email: invited, password: PASSWORD },
  ]
  for (const attempt of attempts) {
    const { call, keeps } = visitor(shop)
    await expect(call.auth.login(attempt)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: 'The e-mail address or the password is wrong.',
      cause: { reason: 'wrong_credentials', details: {} },
    })
    expect(keeps.session).toBeNull()
    expect(await workOf(call.auth.login(attempt))).toEqual({ hashes: 0, verifications: 1 })
  }
})

test('the hash that stands in for nobody costs what a new one does', async () => {
  const cost = (hash: string) => hash.split('$').slice(0, 4)
  expect(cost(NOBODY)).toEqual(cost(await argon2.hash(PASSWORD)))
  expect(await argon2.verify(null, PASSWORD)).toBe(false)
})

test('asking for a new password does the same for an address nobody has', async () => {
  const robin = await customer(shop)
  const published = eventLog(shop)
  await published()
  const { call } = visitor(shop)
  const answers = [
    await call.auth.requestPasswordReset({ email: robin.email }),
    await call.auth.requestPasswordReset({ email: 'nobody@example.com' }),
  ]
  expect(answers[0]).toEqual(answers[1])
  const events = await published()
  expect(events.map(({ name, payload }) => [name, Object.keys(payload)])).toEqual([
    ['auth.password_reset_requested', ['linkId']],
    ['auth.password_reset_requested', ['linkId']],
  ])
  expect(await sql(shop, 'select 1 from link where id = ?', [events[1]?.payload.linkId])).toEqual([])
})

test('a hash made with weaker parameters is replaced at the next sign-in', async () => {
  const robin = await customer(shop)
  const weak = await hash(PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1 })
  await sql(shop, 'update credential set password_hash = ? where user_id = ?', [weak, robin.id])
  await robin.call.auth.login({ email: robin.email, password: PASSWORD })
  const [kept] = await sql<{ hash: string }>(shop, 'select password_hash as hash from credential where user_id = ?', [
    robin.id,
  ])
  expect(kept?.hash).toContain('m=19456,t=2,p=1')
  await robin.call.auth.login({ email: robin.email, password: PASSWORD })
})

test('a password is kept as it was typed, of any script, with the spaces around it', async () => {
  const { call } = visitor(shop)
  const password = '  пароль 🗝️ café  '
  await call.auth.register({ email: 'script@example.com', password })
  await expect(call.auth.login({ email: 'script@example.com', password: password.trim() })).rejects.toMatchObject({
    cause: { reason: 'wrong_credentials' },
  })
  await call.auth.login({ email: 'script@example.com', password })
})

test.each([
  ['eleven characters', 'elevenchars', 'invalid_input'],
  ['129 characters', `${'word '.repeat(25)}four`, 'invalid_input'],
  ['a NUL', 'a password\0 with NUL', 'invalid_input'],
  ['half a character', 'a password \ud800 cut', 'invalid_input'],
  ['the e-mail address', 'weak@Example.com', 'weak_password'],
  ['a common word', 'Password1234', 'weak_password'],
  ['a common word in disguise', 'P4ssw0rd!!!!2024', 'weak_password'],
  ['a word again and again', 'qwertyqwertyqwerty', 'weak_password'],
  ['two common words', 'Welcome-Admin 123', 'weak_password'],
  ['a row of keys', '1234567890123', 'weak_password'],
  ['one character', 'aaaaaaaaaaaaaaa', 'weak_password'],
])('a password of %s is refused', async (_, password, reason) => {
  const { call } = visitor(shop)
  await expect(call.auth.register({ email: 'weak@example.com', password })).rejects.toMatchObject({ cause: { reason } })
  expect(await sql(shop, `select 1 from "user" where email_key = 'weak@example.com'`)).toEqual([])
})

test('128 characters are not too many, and long ones count to the last', async () => {
  const { call } = visitor(shop)
  const password = `${'word '.repeat(25)}end`
  await call.auth.register({ email: 'long@example.com', password })
  await expect(
    call.auth.login({ email: 'long@example.com', password: `${password.slice(0, -1)}t` }),
  ).rejects.toMatchObject({ cause: { reason: 'wrong_credentials' } })
  await call.auth.login({ email: 'long@example.com', password })
})

test('staff need a longer password than customers', async () => {
  await shop.system.user.create({ email: 'short@example.com', role: 'staff' })
  const { token } = await mailTo(shop, 'short@example.com', 'invitation')
  const { call } = visitor(shop)
  await expect(call.auth.resetPassword({ token, newPassword: 'fourteen chars' })).rejects.toMatchObject({
    cause: { reason: 'weak_password', details: { problem: 'too_short', minimum: 15 } },
  })
  await call.auth.resetPassword({ token, newPassword: 'fifteen charact' })
})

test.each([
  'no-at-sign',
  'two@@example.com',
  'a@b@c',
  'sp ace@example.com',
  'a@example.com\r\nbcc: x',
  'x<y@example.com',
  `${'a'.repeat(251)}@b.c`,
])('%j is not an e-mail address', async (email) => {
  await expect(visitor(shop).call.auth.register({ email, password: PASSWORD })).rejects.toMatchObject({
    cause: {
      reason: 'invalid_input',
      details: { fields: expect.arrayContaining([expect.objectContaining({ path: 'email' })]) },
    },
  })
})

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

test('when too many wait for their password to be checked, the next is told to come again, and the rest get their turn', async () => {
  const inTurn = createTurns(2, 3)
  let running = 0
  let most = 0
  const gate = Promise.withResolvers<void>()
  const calls = Array.from({ length: 6 }, () =>
    inTurn(async () => {
      most = Math.max(most, ++running)
      await gate.promise
      running -= 1
    }),
  )
  await expect(calls[5]).rejects.toMatchObject({ reason: 'busy' })
  gate.resolve()
  await Promise.all(calls.slice(0, 5))
  expect(most).toBe(2)
  expect(await inTurn(async () => 'later')).toBe('later')
})
