import { serve } from '@barrow/api/serve'
import { freePort } from '@barrow/dev/free-port'
import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { beforeAll, expect, test } from 'vitest'
import { type Barrow, createBarrow, isBarrowError } from './index.ts'

const shop = await testShop()
const { port } = await served(shop)
let session = ''
beforeAll(async () => {
  session = (await shop.system.apiKey.create({ name: 'test', permissions: ['orders:read', 'orders:write'] })).token
})

type Fetch = typeof globalThis.fetch
const connect = (through: Fetch = fetch, at = port): Barrow =>
  createBarrow({
    url: `http://127.0.0.1:${at}`,
    session: { get: () => ({ session }), set: () => undefined },
    fetch: through,
  })

async function order() {
  const [variantId] = (await goods(shop, { onHand: 5 })).variantIds
  if (variantId === undefined) throw new Error('goods have a variant')
  return (await (await buyer(shop, [{ variantId }])).place()).id
}

test('a program watches an order, its key in a header and never in the address', async () => {
  const orderId = await order()
  const seen: { target: string; headers: Headers }[] = []
  const barrow = connect(async (target, init) => {
    seen.push({ target: String(target), headers: new Headers(init?.headers) })
    return fetch(target, init)
  })
  const told: string[] = []
  for await (const { status } of barrow.order.watch.subscribe({ orderId })) {
    told.push(status)
    if (told.length === 1) await barrow.order.cancel.mutate({ orderId })
  }
  expect(told).toEqual(['authorised', 'cancelled'])
  expect(seen[0]?.headers.get('accept')).toBe('text/event-stream')
  expect(seen[0]?.headers.get('authorization')).toBe(`Bearer ${session}`)
  for (const { target } of seen) expect(target).not.toMatch(/b[sgk]_/)
})

test('a stream that is refused says why, in a loop and to a callback', async () => {
  const orderId = 'order_00000000000000000000000000'
  const looped = await connect()
    .order.watch.subscribe({ orderId })
    .next()
    .catch((error: unknown) => error)
  expect(isBarrowError(looped) && looped.reason).toBe('order_not_found')
  const told = await new Promise((onError) => connect().order.watch.subscribe({ orderId }, { onError }))
  expect(isBarrowError(told) && told.requestId).toMatch(/^[0-9a-z]{26}$/)
  const other = connect(async () => new Response('<h1>Not found</h1>', { status: 404 }))
  const lost = await other.order.watch
    .subscribe({ orderId })
    .next()
    .catch((error: unknown) => error)
  expect(isBarrowError(lost) && lost.reason).toBe('network')
})

test('a line that breaks is taken up again, and a shop that was away is found again', async () => {
  const orderId = await order()
  let connections = 0
  const barrow = connect(async (target, init) => {
    if (init?.method !== 'GET') return fetch(target, init)
    connections += 1
    if (connections === 2) throw new TypeError('fetch failed')
    if (connections === 3) return new Response('', { status: 503 })
    const response = await fetch(target, init)
    if (connections > 1 || response.body === null) return response
    const reader = response.body.getReader()
    const body = new ReadableStream({
      async pull(controller) {
        const { value } = await reader.read()
        controller.enqueue(value)
        if (!new TextDecoder().decode(value).includes('authorised')) return
        controller.error(new TypeError('terminated'))
        await reader.cancel()
      },
    })
    return new Response(body, response)
  })
  const told: string[] = []
  for await (const { status } of barrow.order.watch.subscribe({ orderId })) {
    told.push(status)
    if (connections > 3 && !told.includes('cancelled')) await shop.system.order.cancel({ orderId })
  }
  expect(connections).toBe(4)
  expect(told.at(-1)).toBe('cancelled')
})

test('who leaves the loop, or aborts, hangs up', async () => {
  const orderId = await order()
  const signals: AbortSignal[] = []
  const barrow = connect((target, init) => {
    if (init?.signal) signals.push(init.signal)
    return fetch(target, init)
  })
  for await (const _ of barrow.order.watch.subscribe({ orderId })) break
  const ending = new AbortController()
  const ended = (async () => {
    for await (const _ of barrow.order.watch.subscribe({ orderId }, { signal: ending.signal })) ending.abort()
  })()
  await ended.catch((error: unknown) => expect(isBarrowError(error) && error.reason).toBe('aborted'))
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
})

test('a shop that closes does not wait for who is watching, and they find the one that takes its place', async () => {
  const orderId = await order()
  const at = await freePort(0)
  const first = serve(shop.runtime)
  await first.listen(at, '127.0.0.1')
  const told: string[] = []
  let second: ReturnType<typeof serve> | undefined
  for await (const { status } of connect(fetch, at).order.watch.subscribe({ orderId })) {
    told.push(status)
    if (second !== undefined) continue
    await first.close()
    second = serve(shop.runtime)
    await second.listen(at, '127.0.0.1')
    await shop.system.order.cancel({ orderId })
  }
  expect(new Set(told)).toEqual(new Set(['authorised', 'cancelled']))
  await second?.close()
})
