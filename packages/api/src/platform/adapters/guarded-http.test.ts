import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createGuardedHttp } from './guarded-http.ts'

/** A server on this machine, and how often somebody connected to it. */
async function serverOf(answer: RequestListener) {
  const server = createServer(answer)
  const seen = { connections: 0 }
  server.on('connection', () => {
    seen.connections += 1
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  return { port, url: `http://127.0.0.1:${port}/hook`, seen, [Symbol.asyncDispose]: close }
}

const allowed = createGuardedHttp({ allowPrivate: true })
const guarded = createGuardedHttp({ allowPrivate: false })

test.each([
  ['https://example.com/hook', undefined],
  ['https://example.com:8443/hook?key=1', undefined],
  ['https://93.184.215.14/', undefined],
  ['http://example.com/', 'scheme'],
  ['ftp://example.com/', 'scheme'],
  ['not a url', 'scheme'],
  ['https://user:pass@example.com/', 'credentials'],
  ['https://example.com:25/', 'port'],
  ['http://127.0.0.1/', 'scheme'],
  ['https://127.0.0.1/', 'address'],
  ['https://0x7f.1/', 'address'],
  ['https://2130706433/', 'address'],
  ['https://[::1]/', 'address'],
  ['https://[::ffff:127.0.0.1]/', 'address'],
  ['https://localhost/', 'address'],
  ['https://LOCALHOST./', 'address'],
  ['https://api.localhost/', 'address'],
  ['https://169.254.169.254/latest/meta-data/', 'address'],
])('of %s the guard says %s', (url, refusal) => {
  expect(guarded.refusal(url)).toBe(refusal)
})

test('with private networks allowed, plain http goes to this machine only, and metadata stays out of reach', () => {
  expect(allowed.refusal('http://localhost:3000/')).toBeUndefined()
  expect(allowed.refusal('http://127.0.0.1:3000/')).toBeUndefined()
  expect(allowed.refusal('https://10.0.0.5/')).toBeUndefined()
  expect(allowed.refusal('http://10.0.0.5/')).toBe('scheme')
  expect(allowed.refusal('https://169.254.169.254/')).toBe('address')
})

test('a body arrives with its headers, and the beginning of the answer comes back', async () => {
  await using server = await serverOf(async (request, response) => {
    const body = (await request.toArray()).join('')
    response.writeHead(422).end(`no\u0000\r\n\u202e${request.method} ${request.headers['x-sign']} ${body}`)
  })
  expect(await allowed.post(server.url, { 'x-sign': 'abc' }, '{"ä":1}')).toEqual({
    kind: 'answered',
    status: 422,
    excerpt: 'no POST abc {"ä":1}',
  })
})

test.each([
  ['10.0.0.1', ['10.0.0.1']],
  ['this machine', ['127.0.0.1']],
  ['a metadata address', ['169.254.169.254']],
  ['IPv4 dressed as IPv6', ['::ffff:127.0.0.1']],
  ['a public and a private address', ['93.184.215.14', '192.168.0.1']],
])('a name that leads to %s is not called', async (_, addresses) => {
  const outbound = createGuardedHttp({ allowPrivate: false, resolve: async () => addresses })
  expect(await outbound.post('https://hooks.example.com/', {}, '{}')).toEqual({
    kind: 'failed',
    error: 'The address is private or reserved.',
  })
})

test('a name is resolved once, and what it says later leads nowhere', async () => {
  await using server = await serverOf((_, response) => response.end())
  const answers = [['127.0.0.1'], ['10.0.0.1']]
  let asked = 0
  const resolve = async () => answers[asked++] ?? []
  const outbound = createGuardedHttp({ allowPrivate: true, resolve })
  // It is no TLS server: that it was connected to is what counts.
  await outbound.post(`https://hooks.example.com:${server.port}/`, {}, '{}')
  expect({ asked, ...server.seen }).toEqual({ asked: 1, connections: 1 })
})

test('a redirect is an answer, and is not followed', async () => {
  await using inside = await serverOf((_, response) => response.end('secret'))
  await using server = await serverOf((_, response) => response.writeHead(307, { location: inside.url }).end())
  expect(await allowed.post(server.url, {}, '{}')).toMatchObject({ kind: 'answered', status: 307 })
  expect(inside.seen.connections).toBe(0)
})

test('who does not answer is not waited for', async () => {
  await using server = await serverOf(() => {})
  const outbound = createGuardedHttp({ allowPrivate: true, timeoutMs: 100 })
  const late = { kind: 'failed', error: 'There was no answer within 0.1 seconds.' }
  expect(await outbound.post(server.url, {}, '{}')).toEqual(late)
  const lost = createGuardedHttp({ allowPrivate: true, timeoutMs: 100, resolve: () => new Promise(() => {}) })
  expect(await lost.post('https://hooks.example.com/', {}, '{}')).toEqual(late)
})

test('of an endless answer only the beginning is read', async () => {
  let sent = 0
  await using server = await serverOf((_, response) => {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const more = () => {
      let room = true
      while (room && !response.destroyed) {
        sent += chunk.length
        room = response.write(chunk)
      }
      response.once('drain', more)
    }
    more()
  })
  const outcome = await allowed.post(server.url, {}, '{}')
  expect(outcome).toEqual({ kind: 'answered', status: 200, excerpt: 'x'.repeat(200) })
  // What fits into the buffers on the way was sent, and no more.
  expect(sent).toBeLessThan(32 * 1024 * 1024)
})

test('an answer that begins and then hangs counts by its status', async () => {
  await using server = await serverOf((_, response) => response.writeHead(503).write('wait'))
  const outbound = createGuardedHttp({ allowPrivate: true, timeoutMs: 200 })
  expect(await outbound.post(server.url, {}, '{}')).toEqual({ kind: 'answered', status: 503, excerpt: 'wait' })
})

test('trouble is said in words of our own', async () => {
  const server = await serverOf((request) => request.socket.destroy())
  expect(await allowed.post(server.url, {}, '{}')).toEqual({ kind: 'failed', error: 'The connection broke off.' })
  await server[Symbol.asyncDispose]()
  expect(await allowed.post(server.url, {}, '{}')).toEqual({ kind: 'failed', error: 'The connection was refused.' })
  const nobody = createGuardedHttp({ allowPrivate: false, resolve: async () => [] })
  expect(await nobody.post('https://hooks.example.com/', {}, '{}')).toEqual({
    kind: 'failed',
    error: 'The name cannot be resolved.',
  })
})
