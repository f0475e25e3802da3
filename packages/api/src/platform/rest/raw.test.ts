import { connect } from 'node:net'
import { keepSearch } from '@barrow/dev/test-search'
import { TEST_SEED } from '@barrow/dev/test-seed'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'

const shop = await testShop({ env: { LIMITS_SCALE: '1000' } })
const { port: at } = await served(shop)
beforeAll(async () => {
  await shop.system.category.create({ slug: 'known', name: 'Known' })
  // A shop whose index is still being made answers a search with 503, and is right to.
  await keepSearch(shop)
})

/** Somebody who waits for more than what came is hung up on so much later. */
const PATIENCE_MS = 500

/** What comes back for some bytes, after which nothing follows. */
async function say(bytes: Buffer): Promise<string> {
  const socket = connect({ port: at, host: '127.0.0.1', allowHalfOpen: true })
  const heard: Buffer[] = []
  socket.on('error', () => socket.destroy())
  // Whoever ends before the answer gets none.
  const end = setTimeout(() => socket.end(), PATIENCE_MS)
  socket.on('data', (part: Buffer) => {
    heard.push(part)
    end.refresh()
  })
  socket.once('end', () => socket.end())
  socket.write(bytes)
  // It may be reset where not all that was sent was read.
  await new Promise((closed) => socket.once('close', closed))
  clearTimeout(end)
  return Buffer.concat(heard).toString('latin1')
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'get', 'PROPFIND', 'G\u00cbT', '']
const targets = [
  ...['/categories', '/categories/by-slug/known', '/products?currency=EUR', '/products/search?currency=EUR&q=a'],
  ...['/carts', '/carts/current', '/orders', '/users', '/stock', '/sessions', '/docs', '/openapi.json'],
  ...['/categories/%', '/categories/%ff', '/categories/%00', '/categories/%2e%2e/%2e%2e/etc/passwd', '/categories/..'],
  ...['/categories//', '//categories', '/categories;a=b', '/categories?limit=%C0%80', '/categories?limit=1&limit=2'],
  ...['/categories?%', '/categories?=', '/categories?[', '/products?currency=EUR&price[min', '/products?price[][]=1'],
  ...[
    '/categories?cursor=',
    `/categories?cursor=${'A'.repeat(5_000)}`,
    '/categories#a',
    '/\u00e9',
    '/categories?q=\u00ff',
  ],
]
const headers = [
  ...[
    'Host: a',
    'Host: b',
    'Host:',
    'Content-Type: application/json',
    'Content-Type: application/json; charset=utf-16',
  ],
  ...['Content-Type: text/plain', 'Content-Type:', 'Content-Encoding: gzip', 'Content-Encoding: identity, gzip'],
  ...['Content-Length: 2', 'Content-Length: -1', 'Content-Length: 0x2', 'Content-Length: 99999999999999999999'],
  ...['Transfer-Encoding: chunked', 'Transfer-Encoding: identity', 'Transfer-Encoding: gzip, chunked'],
  ...[
    'Idempotency-Key: 12345678',
    'Idempotency-Key: \u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9',
    'Idempotency-Key:',
  ],
  ...[
    'Authorization: Bearer',
    `Authorization: Bearer bs_${'a'.repeat(43)}`,
    'Authorization: Basic YTpi',
    'Cookie: ;;=;a',
  ],
  ...['Barrow-Order-Token: x', 'Barrow-Guest: \u0001', `Barrow-Guest: bg_${'a'.repeat(43)}`, 'If-None-Match: *'],
  ...[
    'If-None-Match: "',
    'Expect: 100-continue',
    'Range: bytes=0-1',
    'Upgrade: h2c',
    'Connection: upgrade',
    ' folded: x',
  ],
  ...[
    'X-HTTP-Method-Override: DELETE',
    'Accept: nothing/*',
    'traceparent: 00-0-0-00',
    'Origin: null',
    'X\u00e9: y',
    'novalue',
  ],
]
const bodies = [
  Buffer.alloc(0),
  ...['{}', '[]', 'null', '"', '{"slug":', '\ufeff{}', '{"a":1}{"b":2}', '{"__proto__":{"x":1}}', '1e400'].map((text) =>
    Buffer.from(text),
  ),
  Buffer.from('{"slug":"x","name":"X"}', 'utf16le'),
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  Buffer.from('2\r\n{}\r\n0\r\n\r\n'),
  Buffer.from('zz\r\n{}\r\n0\r\n\r\n'),
  Buffer.from('ffffffffffffffff\r\n{}'),
  Buffer.from(`{"name":${'['.repeat(20_000)}`),
  Buffer.from(JSON.stringify({ name: 'x'.repeat(70_000) })),
]

const usually = <T>(usual: T, odd: readonly T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) })

const anyRequest = fc
  .record({
    method: usually('GET', methods),
    target: fc.constantFrom(...targets),
    version: usually('HTTP/1.1', ['HTTP/1.0', 'HTTP/2.0', 'HTTP/9', '']),
    host: usually('Host: a', ['X: y', 'Host: a, b']),
    headers: fc.array(fc.constantFrom(...headers), { maxLength: 3 }),
    body: usually(Buffer.alloc(0), bodies),
    newline: usually('\r\n', ['\n', '\r']),
    keep: fc.double({ min: 0, max: 4, noNaN: true }),
  })
  .map(({ method, target, version, host, headers, body, newline, keep }) => {
    const head = [`${method} /rest/v1${target} ${version}`, host, 'Connection: close', ...headers, '', ''].join(newline)
    const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body])
    // Of a part of them the end never comes.
    return bytes.subarray(0, Math.ceil(bytes.length * Math.min(1, keep)))
  })

test('whatever bytes come to the resources, the answer is no accident, has the security headers, and nothing changes', async () => {
  const before = await shop.system.category.list({})
  const statuses: number[] = []
  const check = async (bytes: Buffer) => {
    const heard = await say(bytes)
    // Where the head never ends, there is nobody to answer.
    if (heard === '') return
    const [head = '', ...rest] = heard.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '').split('\r\n\r\n')
    if (head === '') return
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1])
    statuses.push(status)
    expect(status).toBeGreaterThanOrEqual(200)
    expect(status).toBeLessThan(500)
    expect(head).toMatch(/^X-Content-Type-Options: nosniff/im)
    expect(head).toMatch(/^Content-Security-Policy: default-src 'none'/im)
    expect(head).not.toMatch(/^(Server|X-Powered-By):/im)
    expect(rest.join('')).not.toMatch(/node_modules|\bat \S+:\d+:\d+|SyntaxError|superjson/)
  }
  await fc.assert(
    fc.asyncProperty(fc.array(anyRequest, { minLength: 10, maxLength: 10 }), async (requests) => {
      await Promise.all(requests.map(check))
    }),
    { numRuns: 60, seed: TEST_SEED },
  )
  expect(statuses.length).toBeGreaterThan(100)
  expect(statuses).toContain(200)
  expect(await shop.system.category.list({})).toEqual(before)
  expect(await say(Buffer.from('GET /rest/v1/categories HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))).toMatch(
    /^HTTP\/1\.1 200 /,
  )
}, 300_000)

test('a body that is longer than it may be is 413, with its length said or in pieces; shorter than said is no call', async () => {
  const head = 'POST /rest/v1/carts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n'
  const body = JSON.stringify({ currency: 'x'.repeat(70_000) })
  const said = await say(Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n${body}`))
  expect(said).toMatch(/^HTTP\/1\.1 413 /)
  const piece = body.slice(0, 35_000)
  const pieces = [piece, piece].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')
  expect(await say(Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${pieces}0\r\n\r\n`))).toMatch(
    /^HTTP\/1\.1 413 .*application\/problem\+json/s,
  )
  const short = await say(Buffer.from(`${head}Content-Length: 100\r\n\r\n{"currency":"EUR"}`))
  expect(short).not.toMatch(/^HTTP\/1\.1 2/)
})
