import { randomBytes } from 'node:crypto'
import { freePort } from '@barrow/dev/free-port'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRuntime, readConfig } from '../../runtime.ts'
import { serve } from '../../serve.ts'
import { type Answer, ask, post, read } from '../http/test-request.ts'

const shop = await testShop({ env: { LIMITS_SCALE: '1', TRUST_PROXY: '127.9.0.0/16' } })
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

let last = 1
/** An address nobody has called from. */
const stranger = () => `127.0.1.${last++}`
const guest = () => ({ 'Barrow-Guest': `bg_${randomBytes(32).toString('base64url')}` })
const list = read('/trpc/category.list', {})
const inputs = encodeURIComponent(
  JSON.stringify(Object.fromEntries(Array.from({ length: 10 }, (_, n) => [n, { json: {} }]))),
)
const batchOfTen = `/trpc/${Array(10).fill('category.list').join(',')}?batch=1&input=${inputs}`
const at = () => ports[0] ?? 0

/** Makes calls one after the other and says how they ended. */
async function statuses(times: number, call: (n: number) => Promise<Answer>): Promise<number[]> {
  const all: number[] = []
  for (let n = 0; n < times; n++) all.push((await call(n)).status)
  return all
}
const count = (all: readonly number[], status: number) => all.filter((one) => one === status).length

test('a guest may call 120 times a minute, and as often again for once; then they are told when to come back', async () => {
  const from = stranger()
  const first = await ask(list, { at: at(), from })
  expect(first.headers['ratelimit-policy']).toBe('"guests-of-address";q=600;w=60, "guest";q=120;w=60')
  expect(first.headers.ratelimit).toMatch(/^"guests-of-address";r=599;t=60, "guest";r=119;t=60$/)
  expect(count(await statuses(239, () => ask(list, { at: at(), from })), 200)).toBe(239)
  const refused = await ask(list, { at: at(), from })
  expect(refused).toMatchObject({ status: 429, error: { data: { kind: 'limited', reason: 'rate_limited' } } })
  const { retryAfterSeconds } = refused.error.data.details as { retryAfterSeconds: number }
  expect(retryAfterSeconds).toBeGreaterThan(0)
  expect(retryAfterSeconds).toBeLessThanOrEqual(60)
  expect(refused.headers['retry-after']).toBe(String(retryAfterSeconds))
  expect((await ask(list, { at: at(), from: stranger() })).status).toBe(200)
})

test('each call of a batch counts', async () => {
  const from = stranger()
  const { headers } = await ask(batchOfTen, { at: at(), from })
  expect(headers.ratelimit).toMatch(/"guests-of-address";r=590;.*"guest";r=110;/)
})

test('the calls of a batch that are within a limit are answered, those beyond it are not', async () => {
  const from = stranger()
  expect(count(await statuses(235, () => ask(list, { at: at(), from })), 200)).toBe(235)
  const { status, text } = await ask(batchOfTen, { at: at(), from })
  const answers: { result?: unknown; error?: { json: { data: { reason: string } } } }[] = JSON.parse(text)
  expect(status).toBe(207)
  expect(answers.map(({ result, error }) => error?.json.data.reason ?? typeof result)).toEqual([
    ...Array(5).fill('object'),
    ...Array(5).fill('rate_limited'),
  ])
  expect((await ask(batchOfTen, { at: at(), from })).status).toBe(429)
})

test('a guest who makes up tokens is still one address', async () => {
  const from = stranger()
  const all = await statuses(125, () => ask(batchOfTen, { at: at(), from, headers: guest() }))
  expect(all).toEqual([...Array(120).fill(200), ...Array(5).fill(429)])
})

test('browsing asks no database whether it may', async () => {
  const url = new URL(shop.env.DATABASE_URL ?? '')
  url.port = String(await freePort(0))
  await using away = await createRuntime(readConfig({ ...shop.env, DATABASE_URL: url.href }))
  const standing = await away.limits.take('guest', 'somebody')
  expect(standing).toMatchObject({ allowed: true, remaining: 119 })
  await expect(away.limits.take('login', 'somebody')).rejects.toMatchObject({ reason: 'busy' })
  expect(await away.limits.take('search', 'somebody')).toMatchObject({ allowed: true, remaining: 59 })
})

test('a login has ten wrong passwords in ten minutes from an address, whichever process hears them', async () => {
  const from = stranger()
  const tries = await statuses(12, (n) =>
    post(
      '/trpc/auth.login',
      { email: `nobody-${n}@example.com`, password: 'not my password' },
      { at: ports[n % 2] ?? 0, from },
    ),
  )
  expect(tries).toEqual([...Array(10).fill(401), 429, 429])
})

test('of many wrong passwords at the same moment, at two processes, ten are looked at', async () => {
  const from = stranger()
  const tries = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      post(
        '/trpc/auth.login',
        { email: `no-${n}@example.com`, password: 'not my password' },
        { at: ports[n % 2] ?? 0, from },
      ),
    ),
  )
  expect(
    count(
      tries.map(({ status }) => status),
      401,
    ),
  ).toBe(10)
  expect(
    count(
      tries.map(({ status }) => status),
      429,
    ),
  ).toBe(30)
})
