import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRuntime, readConfig } from '../../runtime.ts'
import { serve } from '../../serve.ts'
import { ask, post, read } from '../http/test-request.ts'

const shop = await testShop({ env: { LIMITS_SCALE: '1' } })
/** Two processes of one shop. */
const runtimes = [shop.runtime, await createRuntime(readConfig(shop.env))]
const servers = runtimes.map((runtime) => serve(runtime))
const ports: number[] = []
beforeAll(async () => {
  for (const server of servers) ports.push(await server.listen(0, '127.0.0.1'))
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await runtimes[1]?.close()
})
const portOf = (n: number) => ports[n % 2] ?? 0

let last = 1
/** An address nobody has called from. */
const stranger = () => `127.0.3.${last++}`
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)

const PASSWORD = 'an apple a day, they say'
let people = 0
async function account(): Promise<string> {
  const email = `somebody-${people++}@example.com`
  await shop.guest().auth.register({ email, password: PASSWORD })
  return email
}
const login = (email: string, password: string, { from = stranger(), cookie = '' } = {}) =>
  post(
    '/trpc/auth.login',
    { email, password },
    {
      at: portOf(people++),
      from,
      headers: cookie === '' ? {} : { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' },
    },
  )

test('an account has five wrong passwords, whoever tries; then one try at a time and a wait that grows, and no lock', async () => {
  const email = await account()
  const wrong = await Promise.all(Array.from({ length: 12 }, () => login(email, 'not my password')))
  expect(wrong.filter(({ status }) => status === 401)).toHaveLength(5)
  const waits: number[] = []
  for (let n = 0; n < 3; n++) {
    const refused = await login(email, PASSWORD)
    expect(refused).toMatchObject({ status: 429, error: { data: { reason: 'rate_limited' } } })
    waits.push((refused.error.data.details as { retryAfterSeconds: number }).retryAfterSeconds)
    await sql(`update limit_count set expire = 0 where key like 'login-account:%' and expire is not null`)
    expect((await login(email, 'not my password')).status).toBe(401)
  }
  expect(waits[0]).toBeGreaterThan(30)
  expect(waits[1]).toBeGreaterThan(Number(waits[0]) * 1.5)
  expect(waits[2]).toBeGreaterThan(Number(waits[1]) * 1.5)
  await sql(`update limit_count set expire = 0 where key like 'login-account:%'`)
  expect((await login(email, PASSWORD)).status).toBe(200)
  expect((await login(email, 'not my password')).status).toBe(401)
  expect((await login(email, PASSWORD)).status).toBe(200)
})

test('an address nobody has is refused like one that somebody has', async () => {
  const known = await account()
  for (const email of [known, 'nobody-at-all@example.com']) {
    const tries = []
    for (let n = 0; n < 7; n++) tries.push((await login(email, 'not my password')).status)
    expect(tries).toEqual([401, 401, 401, 401, 401, 429, 429])
  }
})

test('who has signed in on a device before is not kept out by strangers, and has no more guesses than they', async () => {
  const email = await account()
  const first = await login(email, PASSWORD)
  const cookie = String(first.headers['set-cookie']).match(/barrow-device=[^;]+/)?.[0] ?? ''
  await Promise.all(Array.from({ length: 8 }, () => login(email, 'not my password')))
  expect((await login(email, PASSWORD)).status).toBe(429)
  expect((await login(email, PASSWORD, { cookie })).status).toBe(200)
  const other = await account()
  await Promise.all(Array.from({ length: 8 }, () => login(other, 'not my password')))
  expect((await login(other, PASSWORD, { cookie })).status).toBe(429)
  const forged = cookie.replace(/=.{5}/, '=AAAAA')
  expect((await login(email, PASSWORD, { cookie: forged })).status).toBe(429)
  const tries = []
  for (let n = 0; n < 7; n++) tries.push((await login(email, 'not my password', { cookie })).status)
  expect(tries).toEqual([401, 401, 401, 401, 401, 429, 429])
})

test('right passwords count nowhere', async () => {
  const email = await account()
  const from = stranger()
  for (let n = 0; n < 15; n++) expect((await login(email, PASSWORD, { from })).status).toBe(200)
})

test('letters go to one address three times an hour, and from one ten times, whichever process hears it', async () => {
  const reset = (email: string, from: string, n: number) =>
    post('/trpc/auth.requestPasswordReset', { email }, { at: portOf(n), from })
  const toOne = []
  for (let n = 0; n < 5; n++) toOne.push((await reset('One@example.com', stranger(), n)).status)
  expect(toOne).toEqual([200, 200, 200, 429, 429])
  const from = stranger()
  const fromOne = []
  for (let n = 0; n < 12; n++) fromOne.push((await reset(`to-${n}@example.com`, from, n)).status)
  expect(fromOne).toEqual([...Array(10).fill(200), 429, 429])
  const register = { email: 'one@EXAMPLE.com', password: PASSWORD }
  expect((await post('/trpc/auth.register', register, { at: portOf(0), from: stranger() })).status).toBe(429)
})

test('links are followed ten times in ten minutes', async () => {
  const from = stranger()
  const tries = []
  for (let n = 0; n < 12; n++) {
    const token = randomBytes(32).toString('base64url')
    tries.push((await post('/trpc/auth.verifyEmail', { token }, { at: portOf(n), from })).status)
  }
  expect(tries).toEqual([...Array(10).fill(400), 429, 429])
})

test('ten checkouts a minute, of a buyer and over all processes; thirty of an address however many they say they are', async () => {
  const order = 'order_00000000000000000000000000'
  const pay = (n: number, from: string, guest: string) =>
    post(
      '/trpc/order.pay',
      { orderId: order, paymentMethod: 'test_accept' },
      {
        at: portOf(n),
        from,
        headers: { 'Barrow-Guest': guest, 'Idempotency-Key': randomUUID() },
      },
    )
  const token = () => `bg_${randomBytes(32).toString('base64url')}`
  const [from, guest] = [stranger(), token()]
  const one = await Promise.all(Array.from({ length: 14 }, (_, n) => pay(n, from, guest)))
  expect(one.filter(({ status }) => status === 404)).toHaveLength(10)
  expect(one.filter(({ status }) => status === 429)).toHaveLength(4)
  const crowd = await Promise.all(Array.from({ length: 40 }, (_, n) => pay(n, from, token())))
  expect(crowd.filter(({ status }) => status === 404).length).toBeLessThanOrEqual(20)
})

test('after three declines an order rests for ten minutes, whoever pays', async () => {
  const [variantId] = (await goods(shop, { onHand: 5 })).variantIds
  if (variantId === undefined) throw new Error('goods have a variant')
  const someone = await buyer(shop, [{ variantId }])
  const { id: orderId } = await someone.place('test_decline')
  const pay = (paymentMethod: string) => shop.as(someone.actor, randomUUID()).order.pay({ orderId, paymentMethod })
  await pay('test_decline')
  await pay('test_decline')
  await expect(pay('test_accept')).rejects.toMatchObject({ cause: { reason: 'rate_limited' } })
  await sql(`update payment_attempt set created_at = created_at - interval '11 minutes' where order_id = ?`, [orderId])
  expect(await pay('test_accept')).toMatchObject({ status: 'authorised' })
})

test('a buyer has ten unpaid orders at most; others order on', async () => {
  const [variantId] = (await goods(shop, { onHand: 50 })).variantIds
  if (variantId === undefined) throw new Error('goods have a variant')
  const guest = createHash('sha256').update(randomUUID()).digest('hex')
  const actor = { kind: 'guest', guest } as const
  for (let n = 0; n < 10; n++) {
    const placed = await (await buyer(shop, [{ variantId }], { actor })).place('test_action')
    expect(placed.status).toBe('pending_payment')
  }
  const eleventh = await buyer(shop, [{ variantId }], { actor })
  const refused = await Promise.allSettled([eleventh.place(), eleventh.place()])
  for (const one of refused)
    expect(one).toMatchObject({ status: 'rejected', reason: { cause: { reason: 'rate_limited' } } })
  await sql(`update "order" set status = 'cancelled', cancel_reason = 'expired' where guest = ?`, [guest])
  expect(await eleventh.place()).toMatchObject({ status: 'authorised' })
  const next = await buyer(shop, [{ variantId }])
  expect(await next.place()).toMatchObject({ status: 'authorised' })
})

test('five streams of one caller are open at a time, and one that ends makes room', async () => {
  const [variantId] = (await goods(shop, { onHand: 5 })).variantIds
  if (variantId === undefined) throw new Error('goods have a variant')
  const order = await (await buyer(shop, [{ variantId }])).place()
  const key = (await shop.system.apiKey.create({ name: 'test', permissions: ['orders:read'] })).token
  const url = `http://127.0.0.1:${portOf(0)}${read('/trpc/order.watch', { orderId: order.id })}`
  const open = async () => {
    const hangUp = new AbortController()
    const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${key}` }
    const answer = await fetch(url, { headers, signal: hangUp.signal })
    const reader = answer.body?.getReader()
    const part = new TextDecoder().decode((await reader?.read())?.value)
    return { isOpen: !part.includes('rate_limited'), close: () => hangUp.abort() }
  }
  const streams = []
  for (let n = 0; n < 5; n++) streams.push(await open())
  expect(streams.map(({ isOpen }) => isOpen)).toEqual([true, true, true, true, true])
  expect((await open()).isOpen).toBe(false)
  streams[0]?.close()
  await expect.poll(async () => (await open()).isOpen, { timeout: 20_000 }).toBe(true)
  for (const stream of streams) stream.close()
})

test('what counts calls holds no address that anybody could read, and is forgotten when it is over', async () => {
  await login('somebody-known@example.com', 'not my password', { from: '127.0.3.250' })
  const rows = await sql<{ key: string }>('select key from limit_count')
  expect(rows.length).toBeGreaterThan(0)
  for (const { key } of rows) expect(key).toMatch(/^[a-z-]+:[A-Za-z0-9_-]{43}$/)
  expect((await ask('/health/live', { at: portOf(0) })).status).toBe(200)
})
