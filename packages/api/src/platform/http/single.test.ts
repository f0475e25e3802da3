import { randomUUID } from 'node:crypto'
import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import superjson from 'superjson'
import { expect, test } from 'vitest'
import { hashToken, newToken } from '../tokens.ts'
import { type Asked, ask, post, read } from './test-request.ts'

const shop = await testShop({ env: { CACHE_SECONDS: '0' } })
const { port: at } = await served(shop)

const guest = newToken('bg')
const sold = await goods(shop, { onHand: 50 })
const [variantId = 'variant_none'] = sold.variantIds
const { place } = await buyer(shop, [{ variantId }], { actor: { kind: 'guest', guest: hashToken(guest) } })
const order = await place()
const none = 'product_00000000000000000000000000'

/** Both ways to say the same: what stands in an address beside the input is for tRPC's own adapter. */
const byAdapter = (path: string) => `${path}${path.includes('?') ? '&' : '?'}by=adapter`
const headers = { 'X-Request-Id': 'the-same-request-twice', 'Barrow-Guest': guest }

const queries: [string, string][] = [
  ['a list', read('/trpc/product.list', { currency: 'EUR' })],
  ['a page of a product', read('/trpc/product.list', { currency: 'EUR', limit: 1, sort: 'title', count: 'exact' })],
  ['dates', read('/trpc/order.get', { orderId: order.id })],
  ['an answer of nothing', read('/trpc/cart.current', undefined)],
  ['no input', '/trpc/shop.info'],
  ['what is not there', read('/trpc/product.get', { id: none, currency: 'EUR' })],
  ['a wrong input', read('/trpc/product.get', { id: 7, currency: 'EURO', more: 1 })],
  ['an input that is nested too deep', read('/trpc/product.get', JSON.parse('['.repeat(40) + ']'.repeat(40)))],
  ['what only staff may', read('/trpc/audit.list', {})],
  ['a procedure that is not there', read('/trpc/product.steal', {})],
  ['a mutation as a query', read('/trpc/cart.create', { currency: 'EUR' })],
  ['what is no JSON', '/trpc/product.list?input=%7B%22json'],
  ['what is not superjson', '/trpc/product.list?input=7'],
  ['an address that cannot be read', '/trpc/product.list?input=%E0%A4'],
]

test.each(queries)('%s is answered byte for byte as tRPC would', async (_, path) => {
  const [single, adapter] = [await ask(path, { at, headers }), await ask(byAdapter(path), { at, headers })]
  expect(single.text).toBe(adapter.text)
  expect(single.status).toBe(adapter.status)
  expect(sorted(single.headers.vary)).toEqual(sorted(adapter.headers.vary))
  expect(single.headers['content-type']).toMatch(/^application\/json/)
  expect(adapter.headers['content-type']).toMatch(/^application\/json/)
})

const sorted = (vary: unknown): string[] => String(vary).toLowerCase().split(', ').sort()

test.each<[string, string, string]>([
  ['a change', '/trpc/cart.create', JSON.stringify(superjson.serialize({ currency: 'EUR' }))],
  ['a wrong input', '/trpc/cart.create', JSON.stringify(superjson.serialize({ currency: 'nothing' }))],
  ['a query in a body', '/trpc/order.get', JSON.stringify(superjson.serialize({ orderId: order.id }))],
  ['an empty body', '/trpc/cart.create', ''],
  ['what is no JSON', '/trpc/cart.create', '{"json":{'],
  ['a text that says what it is', '/trpc/order.get', `\uFEFF{"json":{"orderId":"${order.id}"}}`],
])('in a body: %s is answered byte for byte as tRPC would', async (_, path, body) => {
  const sent = { at, method: 'POST', body, headers: { ...headers, 'Content-Type': 'application/json' } }
  const [single, adapter] = [await ask(path, sent), await ask(byAdapter(path), sent)]
  expect(single.text).toBe(adapter.text)
  expect(single.status).toBe(adapter.status)
})

const list = read('/trpc/product.list', { currency: 'EUR' })
test.each<[string, string, Partial<Asked>]>([
  ['a change that says nothing of its type', '/trpc/cart.create', { method: 'POST' }],
  ['a query that says it is a form', list, { headers: { 'Content-Type': 'multipart/form-data; boundary=x' } }],
  [
    'a change whose answer is to come in parts',
    '/trpc/cart.create',
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/jsonl' },
      body: '{"json":{}}',
    },
  ],
])('%s is left to the adapter, which refuses it', async (_, path, asked) => {
  const whole = { at, ...asked, headers: { ...headers, ...asked.headers } }
  const [single, adapter] = [await ask(path, whole), await ask(byAdapter(path), whole)]
  expect(single).toMatchObject({ status: adapter.status, text: adapter.text })
  expect(single.status).not.toBe(200)
})

test('an answer that is given again is the same bytes', async () => {
  const again = { at, headers: { ...headers, 'Idempotency-Key': randomUUID() } }
  const { id: cartId } = await shop.as({ kind: 'guest', guest: hashToken(guest) }).cart.create({ currency: 'EUR' })
  const add = (path: string) => post(path, { cartId, variantId, quantity: 1 }, again)
  const first = await add('/trpc/cart.addLine')
  expect(first.status).toBe(200)
  expect((await add(byAdapter('/trpc/cart.addLine'))).text).toBe(first.text)
  expect((await add('/trpc/cart.addLine')).text).toBe(first.text)
})
