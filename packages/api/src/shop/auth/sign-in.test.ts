import { createHash, randomUUID } from 'node:crypto'
import { testShop } from '@barrow/dev/test-shop'
import { hash } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { createArgon2Passwords, createTurns, standIn } from '../../platform/adapters/argon2-passwords.ts'
import { customer, eventLog, outcomes, PASSWORD, sql, visitor } from './test-visitor.ts'

const hashCost = { memoryKib: 19_456, passes: 2 }
const argon2 = createArgon2Passwords(hashCost)
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
  expect(cost(standIn(hashCost))).toEqual(cost(await argon2.hash(PASSWORD)))
  expect(standIn(hashCost)).toHaveLength((await argon2.hash(PASSWORD)).length)
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
