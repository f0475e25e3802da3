import { once } from 'node:events'
import { connect } from 'node:net'
import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { ConfigError, createRuntime, readConfig } from '../../runtime.ts'
import { serve } from '../../serve.ts'
import { ask, post, read } from './test-request.ts'

const shop = await testShop({ env: { HTTP_MAX_CONNECTIONS: '300' } })
const { port: at } = await served(shop)

/** What comes back for bytes that no client would send, until the connection ends. */
async function say(...parts: string[]): Promise<string> {
  const socket = connect(at, '127.0.0.1')
  let heard = ''
  socket.setEncoding('utf8').on('data', (part) => {
    heard += part
  })
  socket.on('error', () => socket.destroy())
  for (const part of parts) socket.write(part)
  await once(socket, 'close')
  return heard
}

const security = [
  'X-Content-Type-Options: nosniff',
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'X-Frame-Options: DENY',
  'Referrer-Policy: no-referrer',
  'Cross-Origin-Resource-Policy: same-origin',
  'Permissions-Policy: ',
]
const list = read('/trpc/category.list', {})

test.each([
  ['what is no HTTP', 400, ['SHOP 1.0 please\r\n\r\n']],
  ['a method that is none', 400, ['BREW / HTTP/1.1\r\nHost: a\r\n\r\n']],
  ['a head of more than 16 KiB', 431, [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`]],
  ['an address of more than 8 KiB', 414, [`GET /${'x'.repeat(9_000)} HTTP/1.1\r\nHost: a\r\n\r\n`]],
  ['nobody’s host', 400, ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n']],
  ['a tunnel', 405, ['CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n']],
  ['TRACE', 405, ['TRACE / HTTP/1.1\r\nHost: a\r\n\r\n']],
  ['two lengths of one body', 400, ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n']],
  [
    'a length and chunks',
    400,
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ],
  ['an expectation nobody has', 417, ['GET / HTTP/1.1\r\nHost: a\r\nExpect: a lot\r\nConnection: close\r\n\r\n']],
  ['HEAD', 405, [`HEAD ${list} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`]],
])('%s is answered with %i and the security headers, by whatever part of the server', async (_, status, parts) => {
  const heard = await say(...parts)
  expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  for (const header of security) expect(heard).toContain(header)
  expect(heard).not.toMatch(/\r\n(Server|X-Powered-By):/i)
})

test.each(['category.list?batch=1', 'cart.addLine?batch=1', 'category.list?x=1', 'cart.addLine'])(
  'a call without a body, and without a word about its length, is a mistake of its caller: %s',
  async (path) => {
    const head = ['Host: a', 'Content-Type: application/json', 'Connection: close', '', '']
    expect(await say([`POST /trpc/${path} HTTP/1.1`, ...head].join('\r\n'))).toMatch(/^HTTP\/1\.1 400 /)
  },
)

test('who says nothing, or little at a time, is hung up on', async () => {
  const half =
    'POST /trpc/auth.login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{'
  const [nothing, head, body] = await Promise.all([say(''), say('GET / HTTP/1.1\r\nHost: a\r\n'), say(half)])
  expect(nothing).toMatch(/^$|^HTTP\/1.1 408 /)
  expect(head).toMatch(/^HTTP\/1.1 408 Request Timeout\r\nX-Content-Type-Options: nosniff/)
  expect(body).toMatch(/^HTTP\/1.1 408 /)
}, 90_000)

test('an address that opens thousands of connections and says nothing leaves room for others, and loses them', async () => {
  const lost = Array.from({ length: 2_000 }, () => {
    const socket = connect(at, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n'))
    socket.on('error', () => socket.destroy()).resume()
    return once(socket, 'close').catch(() => undefined)
  })
  const refused = Array.from(lost.keys()).slice(0, 1_900)
  await Promise.race(refused.map((n) => lost[n]))
  expect((await ask(list, { at, from: '127.0.2.1' })).status).toBe(200)
  await Promise.all(lost)
  expect((await ask(list, { at })).status).toBe(200)
}, 120_000)

test('every body says in which charset it is', async () => {
  const answers = [
    await ask(list, { at }),
    await ask('/trpc/no.such', { at }),
    await ask('/rest/v1/categories', { at }),
    await ask('/health/live', { at }),
    await ask('/nowhere', { at }),
  ]
  for (const { headers } of answers)
    expect(headers['content-type']).toMatch(/^application\/(problem\+)?json; charset=utf-8$/)
})

test('an answer varies with the origin it was given to, and one of somebody’s own is kept by nobody', async () => {
  const { headers } = await ask(read('/trpc/order.list', {}), { at, headers: { Origin: 'http://localhost:3000' } })
  expect(String(headers.vary)).toMatch(/(^|, )Origin(,|$)/)
  expect(headers['cache-control']).toBe('no-store')
})

test('no header changes the method of a request', async () => {
  const headers = { 'X-HTTP-Method-Override': 'POST', 'X-HTTP-Method': 'POST', 'X-Method-Override': 'POST' }
  const input = { slug: 'overridden', name: 'Overridden' }
  expect((await ask(read('/trpc/category.create', input), { at, headers })).status).toBe(405)
  expect((await ask(`${read('/trpc/category.create', input)}&_method=POST`, { at })).status).toBe(405)
})

test('a mutation in a batch is refused, and nothing of the batch happens', async () => {
  const get = `/trpc/category.list,category.create?batch=1&input=${encodeURIComponent('{"1":{"json":{"slug":"b","name":"B"}}}')}`
  for (const method of ['GET', 'POST']) {
    expect((await ask(get, { at, method, headers: { 'Content-Type': 'application/json' } })).status).toBeGreaterThan(
      399,
    )
  }
  expect(await shop.system.category.list({})).toMatchObject({ rows: [] })
})

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const many = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":1`).join()}}`
test.each([
  ['nested ten thousand deep', `{"json":${nested(10_000)}}`, 'is nested more than 32 levels deep'],
  ['nested 33 deep', `{"json":{"a":${nested(32)}}}`, 'is nested more than 32 levels deep'],
  ['251 values in a list', `{"json":{"a":[${Array(251).fill(1)}]}}`, 'holds more than 250 values'],
  ['201 fields in one place', `{"json":${many(201)}}`, 'holds more than 200 fields'],
  ['__proto__', '{"json":{"__proto__":{"admin":true},"slug":"p","name":"P"}}', 'is not a known field'],
  ['__proto__ further in', '{"json":{"slug":"p","a":[{"__proto__":1}]}}', 'is not a known field'],
])('an input with %s is refused with the place, by RPC and by REST', async (_, body, message) => {
  const key = (await shop.system.apiKey.create({ name: 'test', permissions: ['catalog:write'] })).token
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` }
  const rpc = await ask('/trpc/category.create', { at, method: 'POST', headers, body })
  expect(rpc).toMatchObject({ status: 400, error: { data: { reason: 'invalid_input' } } })
  expect(rpc.error.data.details).toMatchObject({ fields: [{ message }] })
  const input = body.slice('{"json":'.length, -1)
  const rest = await ask('/rest/v1/categories', { at, method: 'POST', headers, body: `{"a":${input}}` })
  expect(rest.status).toBe(422)
  expect(rest.text).toContain('invalid_input')
})

test.each(['set', 'map', 'regexp', 'Error', 'URL', 'number', 'symbol', '__proto__'])(
  'superjson’s type %s is not read, since no input has it',
  async (type) => {
    for (const annotation of [[type], [[type, 'x']], [type, { a: ['Date'] }]]) {
      const body = JSON.stringify({ json: { slug: 'x', name: 'X' }, meta: { values: { slug: annotation } } })
      const answer = await ask(`/trpc/category.get?input=${encodeURIComponent(body)}`, { at })
      expect(answer).toMatchObject({ status: 400, error: { data: { reason: 'bad_request' } } })
    }
  },
)

test('an answer to an input that is wrong all over stays under 8 KiB and names twenty places', async () => {
  const input = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${n}${'ключ'.repeat(60)}`, n]))
  const answer = await post('/trpc/auth.login', input, { at })
  expect(answer.status).toBe(400)
  expect(Buffer.byteLength(answer.text)).toBeLessThan(8 * 1024)
  const { fields } = answer.error.data.details as { fields: unknown[] }
  expect(fields.length).toBeGreaterThan(5)
  expect(fields.length).toBeLessThanOrEqual(20)
})

test('a shop with too much to do puts calls off, answers who asks for its health, and counts no stream', async () => {
  await using runtime = await createRuntime(readConfig({ ...shop.env, HTTP_MAX_IN_FLIGHT: '1' }))
  await using small = serve(runtime)
  const port = await small.listen(0, '127.0.0.1')
  const [variantId] = (await goods(shop, { onHand: 5 })).variantIds
  if (variantId === undefined) throw new Error('goods have a variant')
  const order = await (await buyer(shop, [{ variantId }])).place()
  const key = (await shop.system.apiKey.create({ name: 'test', permissions: ['orders:read'] })).token
  const hangUp = new AbortController()
  const watch = `http://127.0.0.1:${port}${read('/trpc/order.watch', { orderId: order.id })}`
  const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${key}` }
  for (let n = 0; n < 3; n++) expect((await fetch(watch, { headers, signal: hangUp.signal })).status).toBe(200)
  expect((await ask(list, { at: port })).status).toBe(200)
  // Each has to look up who calls, and that takes a while.
  const crowd = await Promise.all(
    Array.from({ length: 50 }, () => ask(list, { at: port, headers: { Authorization: `Bearer ${key}` } })),
  )
  const [refused] = crowd.filter(({ status }) => status === 503)
  expect(refused).toMatchObject({ error: { data: { reason: 'busy' } }, headers: { 'retry-after': '1' } })
  expect(crowd.some(({ status }) => status === 200)).toBe(true)
  const probes = await Promise.all([...Array(20)].map((_, n) => ask(n % 2 ? '/health/ready' : list, { at: port })))
  expect(probes.filter((_, n) => n % 2).map(({ status }) => status)).toEqual(Array(10).fill(200))
  hangUp.abort()
  expect((await ask(list, { at: port })).status).toBe(200)
})

test('a shop whose event loop is late puts calls off until it keeps up again', async () => {
  await using runtime = await createRuntime(readConfig({ ...shop.env, HTTP_MAX_LAG_MS: '200' }))
  await using slow = serve(runtime)
  const port = await slow.listen(0, '127.0.0.1')
  const busy = setInterval(() => {
    for (const until = performance.now() + 400; performance.now() < until; );
  })
  await expect.poll(async () => (await ask(list, { at: port })).status, { timeout: 30_000 }).toBe(503)
  expect((await ask('/health/live', { at: port })).status).toBe(200)
  clearInterval(busy)
  await expect.poll(async () => (await ask(list, { at: port })).status, { timeout: 30_000 }).toBe(200)
})

test.each(['*', 'null', 'https://*.example.com', 'shop.example.com', 'https://shop.example.com/path', 'file://x'])(
  'a shop that would trust pages of %s does not start',
  (origins) => {
    expect(() => readConfig({ ...shop.env, CORS_ORIGINS: origins })).toThrow(ConfigError)
    expect(() => readConfig({ ...shop.env, CORS_ORIGINS: origins })).toThrow(/CORS_ORIGINS/)
  },
)

test('a frontend on another host of the domain may load answers where a shop says so', async () => {
  await using runtime = await createRuntime(readConfig({ ...shop.env, HTTP_RESOURCE_POLICY: 'same-site' }))
  await using other = serve(runtime)
  const { headers } = await ask('/health/live', { at: await other.listen(0, '127.0.0.1') })
  expect(headers['cross-origin-resource-policy']).toBe('same-site')
})
