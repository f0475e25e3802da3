import { createHash } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { openBreaches } from './breaches.ts'

const LEAKED = 'a password that has leaked'
const digest = createHash('sha1').update(LEAKED).digest('hex').toUpperCase()
const padding = `${'0'.repeat(35)}:0`

const seen: { url: string | undefined; padded: string | string[] | undefined }[] = []
const known: RequestListener = (request, response) => {
  seen.push({ url: request.url, padded: request.headers['add-padding'] })
  response.end(request.url === `/range/${digest.slice(0, 5)}` ? `${padding}\r\n${digest.slice(5)}:42\r\n` : padding)
}
let answer = known
const server = createServer((request, response) => answer(request, response))
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  answer = known
  seen.length = 0
})

const silent = pino({ level: 'silent' })
// A server that listens on a port has an address of this form.
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const breaches = openBreaches(url, silent)

test('a leaked password is known by five digits of its hash, and no more of it leaves the shop', async () => {
  expect(await breaches.holds(LEAKED)).toBe(true)
  expect(await breaches.holds('a password nobody knows')).toBe(false)
  expect(seen).toHaveLength(2)
  for (const { url, padded } of seen) {
    expect(url).toMatch(/^\/range\/[0-9A-F]{5}$/)
    expect(padded).toBe('true')
  }
})

test('padding is no hit', async () => {
  answer = (_, response) => response.end(`${digest.slice(5)}:0`)
  expect(await breaches.holds(LEAKED)).toBe(false)
})

test.each<[string, RequestListener]>([
  ['is broken', (_, response) => response.writeHead(500).end()],
  ['leads elsewhere', (_, response) => response.writeHead(302, { location: url }).end()],
  ['breaks off', (_, response) => response.write('0', () => response.destroy())],
  ['never answers', () => {}],
  ['never ends', (_, response) => response.write('0')],
  ['says too much', (_, response) => response.end(`${digest.slice(5)}:1\n`.repeat(20_000))],
])('a service that %s keeps nobody from choosing a password', async (_, broken) => {
  answer = broken
  expect(await breaches.holds(LEAKED)).toBe(false)
})

test('a service that is gone keeps nobody from choosing a password', async () => {
  expect(await openBreaches('http://127.0.0.1:1', silent).holds(LEAKED)).toBe(false)
})

test('with no service nobody is asked', async () => {
  expect(await openBreaches(undefined, silent).holds(LEAKED)).toBe(false)
  expect(seen).toEqual([])
})
