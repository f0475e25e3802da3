import { request as send } from 'node:http'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { serve } from '../../serve.ts'
import { read } from './test-request.ts'

const ORIGIN = 'https://shop.example.com'
// A guest has two calls a minute, and as many again for once.
const shop = await testShop({ env: { CORS_ORIGINS: ORIGIN, LIMITS_SCALE: '0.02' } })
const server = serve(shop.runtime)
let port = 0
beforeAll(async () => {
  port = await server.listen(0, '127.0.0.1')
})
afterAll(() => server.close())

type Headers = Readonly<Record<string, string>>

/** Means nothing to a read, which is answered as ever, but not from what is at hand. */
const slowly: Headers = { 'Idempotency-Key': 'of-no-mutation' }
const id = { 'X-Request-Id': 'the-request-of-a-proxy' }

/** The answer as it came: its head line by line, in the order of the alphabet, but for what the clock says. */
function ask(path: string, from: string, headers: Headers): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers: { ...id, ...headers }, agent: false, localAddress: from }
    send(options, (response) => {
      const { rawHeaders, statusCode } = response
      const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []))
      const head = lines.filter((line) => !line.startsWith('Date: ')).map((line) => line.replace(/=\d+$/, '=n'))
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part)).on('error', reject)
      response.on('end', () => resolve([`${statusCode}`, ...head.sort(), Buffer.concat(parts).toString()]))
    })
      .on('error', reject)
      .end()
  })
}

type Counts = readonly (readonly [labels: string, count: number])[]

/** What was counted of calls and of the cache so far. */
async function counted(): Promise<Counts> {
  const { cacheReads, calls, limitHits, securityEvents } = shop.runtime.metrics
  const counters = await Promise.all([cacheReads, calls, limitHits, securityEvents].map((counter) => counter.get()))
  return counters.flatMap(({ values }) => values.map(({ labels, value }) => [JSON.stringify(labels), value] as const))
}

const since = (before: Counts, now: Counts): Counts => {
  const known = new Map(before)
  return now
    .map(([labels, count]) => [labels, count - (known.get(labels) ?? 0)] as const)
    .filter(([, more]) => more > 0)
}

/** What is answered, and what that counts. */
async function noted(asking: () => Promise<string[]>) {
  const before = await counted()
  const answer = await asking()
  return { answer, counts: since(before, await counted()) }
}

let last = 1
const stranger = () => `127.0.2.${last++}`
const { productId } = await goods(shop)
const atHand = vi.spyOn(shop.runtime.cache, 'gave')

/** Asks until the answer is at hand: word of how the product came about may still be on its way. */
const keep = (path: string) =>
  vi.waitFor(async () => {
    const times = atHand.mock.calls.length
    await ask(path, stranger(), {})
    expect(atHand).toHaveBeenCalledTimes(times + 1)
  })

/** Is neither a session nor a cart. */
const elsewhere = 'theme=dark; barrow-sid=none'

test.each<[what: string, headers: Headers]>([
  ['asks for nothing else', {}],
  ['is a page of the shop', { Origin: ORIGIN, Cookie: elsewhere }],
  ['is a page of another', { Origin: 'https://elsewhere.example.com' }],
  ['is a program without credentials', { 'Barrow-Session': 'bearer' }],
  ['has the answer', { 'If-None-Match': '*', Origin: ORIGIN }],
  ['has another answer', { 'If-None-Match': '"other"' }],
  ['leaves', { Connection: 'close' }],
])('who %s gets byte for byte what the slow way answers', async (_what, headers) => {
  const path = read('/trpc/product.get', { id: productId, currency: 'EUR' })
  await vi.waitFor(async () => {
    await keep(path)
    const slow = await noted(() => ask(path, stranger(), { ...headers, ...slowly }))
    const times = atHand.mock.calls.length
    const fast = await noted(() => ask(path, stranger(), headers))
    expect(atHand).toHaveBeenCalledTimes(times + 1)
    expect(fast).toEqual(slow)
  })
})

test('what is at hand is counted as often, and refused as what is not', async () => {
  const path = read('/trpc/category.list', {})
  await keep(path)
  const all = async (headers: Headers) => {
    const from = stranger()
    return noted(async () => {
      const answers: string[] = []
      for (let n = 0; n < 7; n++) answers.push(...(await ask(path, from, { Origin: ORIGIN, ...headers })))
      return answers
    })
  }
  const [slow, fast] = [await all(slowly), await all({})]
  expect(fast.answer.filter((line) => line === '429')).toHaveLength(3)
  expect(fast).toEqual(slow)
})

test.each<[what: string, headers: Headers]>([
  ['a session', { Authorization: `Bearer bs_${'a'.repeat(43)}` }],
  ['a cart', { Cookie: `barrow-guest=bg_${'a'.repeat(43)}` }],
  ['a body', { 'Content-Length': '0' }],
  ['a wish for a stream', { 'trpc-accept': 'application/jsonl' }],
])('who brings %s takes the other way', async (_what, headers) => {
  const path = read('/trpc/category.list', {})
  await keep(path)
  const times = atHand.mock.calls.length
  await ask(path, stranger(), headers)
  expect(atHand).toHaveBeenCalledTimes(times)
})
