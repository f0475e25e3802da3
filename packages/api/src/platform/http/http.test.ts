import { request as send } from 'node:http'
import { freePort } from '@barrow/dev/free-port'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import superjson from 'superjson'
import { expect, test } from 'vitest'
import { appRouter, createRuntime, readConfig } from '../../runtime.ts'
import { serve } from '../../serve.ts'
import { createHttp } from './server.ts'

const shop = await testShop({ env: { CORS_ORIGINS: 'https://shop.example.com' } })
const { port } = await served(shop)

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  error: { message: string; data: { reason: string; details: unknown; requestId: string } }
}

interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
  at?: number
}

/** One request as a program on the network would write it, with nothing added or followed. */
function ask(path: string, { method = 'GET', headers = {}, body, at = port }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = send({ host: '127.0.0.1', port: at, path, method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('error', reject).on('end', () => {
        const error = text.startsWith('{"error"') ? JSON.parse(text).error.json : undefined
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, error })
      })
    })
    request.on('error', reject).end(body)
  })
}

const json = { 'Content-Type': 'application/json' }
const post = (path: string, input: unknown, headers = {}) =>
  ask(path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(superjson.serialize(input)) })
const read = (path: string, input: unknown) =>
  `${path}?input=${encodeURIComponent(JSON.stringify(superjson.serialize(input)))}`
const create = '/trpc/category.create'
const guestCookie = { Cookie: `barrow-guest=bg_${'a'.repeat(43)}` }

test('a procedure answers over HTTP', async () => {
  const answer = await ask(read('/trpc/category.list', {}))
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
})

test('every answer carries the security headers, whatever it says', async () => {
  const origin = { Origin: 'https://shop.example.com' }
  const answers = [
    await ask(read('/trpc/category.list', {})),
    await post(create, { slug: 'x', name: 'X' }),
    await ask('/nowhere'),
    await ask('/trpc/no.such', { headers: origin }),
    await ask(create, { method: 'OPTIONS', headers: { ...origin, 'Access-Control-Request-Method': 'POST' } }),
    await ask(create, { method: 'DELETE' }),
    await ask('/health/live'),
    await post(create, { name: 'x'.repeat(70_000) }),
  ]
  expect(answers.map((answer) => answer.status)).toEqual([200, 401, 404, 404, 204, 405, 200, 413])
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    })
    expect(headers).not.toHaveProperty('server')
    expect(headers).not.toHaveProperty('x-powered-by')
  }
})

test('an address that is too long is refused before anything reads it', async () => {
  expect(await ask(`/trpc/category.list?input=${'x'.repeat(9000)}`)).toMatchObject({
    status: 414,
    error: { data: { reason: 'bad_request' } },
  })
})

test('a body over 64 KiB is refused, announced or not', async () => {
  const body = JSON.stringify({ json: { slug: 'x', name: 'x'.repeat(70_000) } })
  const authenticate = async () => ({ kind: 'system', name: 'test' }) as const
  await using open = createHttp(shop.runtime, { router: appRouter, authenticate })
  const at = await open.listen(0, '127.0.0.1')
  const announced = await ask(create, { at, method: 'POST', headers: json, body })
  const chunked = await ask(create, { at, method: 'POST', headers: { ...json, 'Transfer-Encoding': 'chunked' }, body })
  expect(announced).toMatchObject({ status: 413, error: { data: { reason: 'bad_request' } } })
  expect(chunked).toMatchObject({ status: 413, error: { data: { reason: 'bad_request' } } })
})

test('250 variants with all they have are one request of staff, and too much from anybody else', async () => {
  const values = Array.from({ length: 250 }, (_, index) => `${index}`)
  const { id: productId } = await shop.system.product.create({
    slug: 'many-sizes',
    title: 'Many sizes',
    options: [{ name: 'Size', values }],
  })
  const prices = ['EUR', 'USD', 'GBP', 'CHF'].map((currency) => ({ currency, amount: 1999, compareAtAmount: 2999 }))
  const variants = values.map((value) => ({ sku: `many-sizes-in-one-request-${value}`, optionValues: [value], prices }))
  const body = JSON.stringify({ json: { productId, variants } })
  expect(body.length).toBeGreaterThan(64 * 1024)
  const staff = {
    kind: 'staff',
    userId: 'user_00000000000000000000000000',
    sessionId: 'test',
    admin: true,
    assurance: 'recent',
    permissions: [],
  } as const
  for (const [actor, status] of [[staff, 200] as const, [{ kind: 'guest', guest: null } as const, 413] as const]) {
    await using open = createHttp(shop.runtime, { router: appRouter, authenticate: async () => actor })
    const at = await open.listen(0, '127.0.0.1')
    expect(await ask('/trpc/variant.create', { at, method: 'POST', headers: json, body })).toMatchObject({ status })
  }
})

test('only JSON is taken: a form of another site cannot act for a visitor', async () => {
  for (const type of ['multipart/form-data; boundary=x', 'text/plain', 'application/x-www-form-urlencoded', '']) {
    const answer = await ask(create, { method: 'POST', headers: { 'Content-Type': type }, body: '{}' })
    expect(answer).toMatchObject({ status: 415, error: { data: { reason: 'bad_request' } } })
  }
})

test('a method that procedures do not know is refused, and a change cannot be asked for with GET', async () => {
  for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD', 'TRACE']) {
    expect(await ask(create, { method, headers: json })).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } })
  }
  expect(await ask(read(create, { slug: 'got', name: 'Got' }))).toMatchObject({ status: 405 })
  expect(await shop.system.category.list({})).toEqual({ rows: [], next: null })
})

test('ten queries share a request, eleven do not', async () => {
  const batch = (size: number) => ask(`/trpc/${Array(size).fill('category.list').join(',')}?batch=1&input=%7B%7D`)
  expect((await batch(10)).status).not.toBe(404)
  expect((await batch(11)).status).toBe(400)
})

test('mutations do not share a request, however the comma is written', async () => {
  for (const comma of [',', '%2c', '%2C', '%252c', '%25252C']) {
    const answer = await post(`${create}${comma}category.create?batch=1`, {})
    expect(answer).toMatchObject({ status: 400, error: { data: { reason: 'bad_request' } } })
  }
})

test('a key that is no key is refused by name', async () => {
  for (const key of ['short', 'x'.repeat(256), 'with a space in it']) {
    expect(await post(create, { slug: 'x', name: 'X' }, { 'Idempotency-Key': key })).toMatchObject({
      status: 400,
      error: { data: { reason: 'invalid_input', details: { fields: [{ path: 'Idempotency-Key' }] } } },
    })
  }
})

test('a page that is not ours cannot act with its visitor’s cookies', async () => {
  const evil = [
    { Origin: 'https://evil.example.com' },
    { Origin: 'null' },
    { Origin: 'https://shop.example.com.evil.example' },
    { Origin: 'https://shop.example.com:8443' },
    { Origin: 'http://shop.example.com' },
    { Origin: 'http://localhost.evil.example' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    {},
  ]
  for (const headers of evil) {
    const answer = await post(create, { slug: 'x', name: 'X' }, { ...guestCookie, ...headers })
    expect(answer).toMatchObject({ status: 403, error: { data: { reason: 'forbidden' } } })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  }
  const ours = [
    { Origin: 'https://shop.example.com' },
    { Origin: 'http://localhost:5173' },
    { 'Sec-Fetch-Site': 'same-origin' },
  ]
  for (const headers of ours) {
    expect((await post(create, { slug: 'x', name: 'X' }, { ...guestCookie, ...headers })).status).toBe(401)
  }
})

test('a page of an allowed origin may read answers, another may not', async () => {
  const preflight = (origin: string) =>
    ask(create, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,idempotency-key',
      },
    })
  const allowed = await preflight('https://shop.example.com')
  expect(allowed.headers).toMatchObject({
    'access-control-allow-origin': 'https://shop.example.com',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, POST',
    'access-control-max-age': '600',
    vary: 'Origin',
  })
  expect(allowed.headers['access-control-allow-headers']).toMatch(/Idempotency-Key/)
  const refused = await preflight('https://evil.example.com')
  expect(Object.keys(refused.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
})

test('in production a localhost page is a stranger', async () => {
  const production = await testShop({
    env: { NODE_ENV: 'production', PAYMENT_PROVIDER: 'test', PUBLIC_URL: 'https://api.example.com' },
  })
  await using other = serve(production.runtime)
  const at = await other.listen(0, '127.0.0.1')
  const answer = await fetch(`http://127.0.0.1:${at}/health/live`, { headers: { Origin: 'http://localhost:5173' } })
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
})

test('JSON that reaches for prototypes changes none, and is refused', async () => {
  const inputs = [
    '{"json":{"__proto__":{"polluted":true},"slug":"p","name":"P"}}',
    '{"json":{"constructor":{"prototype":{"polluted":true}},"slug":"p","name":"P"}}',
    '{"json":{"slug":"p","name":"P"},"meta":{"values":{"__proto__.polluted":["Date"]}}}',
    '{"json":{"slug":"p","name":"P"},"meta":{"values":{"constructor.prototype.polluted":["undefined"]}}}',
    '{"json":{"slug":"p","name":"P"},"meta":{"referentialEqualities":{"slug":["__proto__.polluted"]}}}',
  ]
  for (const body of inputs) {
    const answer = await ask(`/trpc/category.get?input=${encodeURIComponent(body)}`)
    expect([400, 404]).toContain(answer.status)
    expect(answer.text).not.toMatch(/stack|node_modules|at Object/)
  }
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

test('what is not JSON, or not what superjson writes, is refused without a word about the inside', async () => {
  for (const body of ['{', '[]', 'null', '"x"', '{"json":', '{"json":{},"meta":{"values":7}}', '{"meta":{"v":9}}']) {
    const answer = await ask(create, { method: 'POST', headers: json, body })
    expect(answer.status).toBeLessThan(500)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.text).not.toMatch(/stack|SyntaxError|superjson|node_modules/)
  }
})

test('a million claimed equalities cost nothing', async () => {
  const paths = Object.fromEntries(Array.from({ length: 2500 }, (_, at) => [`a.${at}`, [`b.${at}`]]))
  const body = JSON.stringify({ json: { slug: 'x', name: 'X' }, meta: { referentialEqualities: paths, v: 1 } })
  expect(body.length).toBeLessThan(64 * 1024)
  expect((await ask(create, { method: 'POST', headers: json, body })).status).toBe(401)
})

test('health says that it lives and that it is ready, and nothing else', async () => {
  expect((await ask('/health/live')).text).toBe('{"status":"live"}')
  expect((await ask('/health/ready')).text).toBe('{"status":"ready"}')
  expect(await ask('/health/ready', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
  expect((await ask('/health/ready', { method: 'POST', body: '' })).status).toBe(405)
  expect((await ask('/health/else')).status).toBe(404)
})

test('a shop that lost its database is not ready, and asks its callers to come back', async () => {
  const url = new URL(shop.env.DATABASE_URL ?? '')
  url.port = String(await freePort(0))
  await using runtime = await createRuntime(readConfig({ ...shop.env, DATABASE_URL: url.href }))
  await using away = serve(runtime)
  const at = await away.listen(0, '127.0.0.1')
  expect(await ask('/health/ready', { at })).toMatchObject({ status: 503, text: '{"status":"not ready"}' })
  expect((await ask('/health/live', { at })).status).toBe(200)
  const signedIn = { Authorization: `Bearer bs_${'a'.repeat(43)}` }
  for (const headers of [{}, signedIn]) {
    expect(await ask(read('/trpc/category.list', {}), { at, headers })).toMatchObject({
      status: 503,
      error: { data: { reason: 'busy', kind: 'unavailable' } },
    })
  }
})

test('a shop that closes takes no new call, finishes those under way, and leaves no connection open', async () => {
  const closing = serve(shop.runtime)
  const at = await closing.listen(0, '127.0.0.1')
  const url = `http://127.0.0.1:${at}${read('/trpc/category.list', {})}`
  const underWay = Promise.all(Array.from({ length: 5 }, () => fetch(url)))
  await fetch(url)
  await closing.close()
  expect((await underWay).map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200])
  await expect(fetch(url)).rejects.toThrow()
})
