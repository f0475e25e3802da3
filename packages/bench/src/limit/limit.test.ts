import { serve } from '@barrow/api/serve'
import { testShop } from '@barrow/dev/test-shop'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { openPool, Shopper } from '../http.ts'
import { journeys } from '../journeys.ts'
import { type Size, seed, seeded } from '../seed.ts'
import { openLimitPool } from './pool.ts'
import { serveLimit } from './server.ts'

const size: Size = { products: 2_300, customers: 3 }
const { runtime, env } = await testShop()
const { DATABASE_URL: databaseUrl = '' } = env
await seed(databaseUrl, size)
const shop = serve(runtime)
const pool = openLimitPool(databaseUrl, 10)
const limit = await serveLimit(pool)
const targets = {
  shop: openPool(`http://127.0.0.1:${await shop.listen(0, '127.0.0.1')}`, 1),
  limit: openPool(`http://127.0.0.1:${limit.port}`, 1),
}
afterAll(async () => {
  await Promise.all(Object.values(targets).map((target) => target.close()))
  await Promise.all([shop.close(), limit.close()])
  await pool.end()
})

const shoppers = () => ({ ofShop: new Shopper(targets.shop), ofLimit: new Shopper(targets.limit) })

test.each([
  ['a page of a category', 'product.list', { category: { slug: seeded.categorySlug(7) }, currency: 'EUR', limit: 20 }],
  ['a last page', 'product.list', { category: { slug: seeded.categorySlug(7) }, currency: 'EUR', limit: 30 }],
  ['a product', 'product.get', { slug: seeded.productSlug(7), currency: 'EUR' }],
])('the limit answers the same bytes for %s', async (_, procedure, input) => {
  const { ofShop, ofLimit } = shoppers()
  expect(await ofLimit.query(procedure, input)).toBe(await ofShop.query(procedure, input))
})

test('the limit answers the same bytes for an order, to its owner', async () => {
  const { ofShop, ofLimit } = shoppers()
  ofShop.session = ofLimit.session = seeded.session(1)
  const mine = { orderId: seeded.orderId(1) }
  expect(await ofLimit.query('order.get', mine)).toBe(await ofShop.query('order.get', mine))
  await expect(ofLimit.query('order.get', { orderId: seeded.orderId(2) })).rejects.toThrow('409')
})

/** How many rows each table has, but for what counts calls: the limit has no limits. */
async function rows(): Promise<Map<string, number>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> 'limit_count'`,
  )
  const counted = tables.map(async ({ name }): Promise<[string, number]> => {
    const { rows } = await pool.query(`select count(*)::int as count from ${pg.escapeIdentifier(name)}`)
    return [name, rows[0].count]
  })
  return new Map(await Promise.all(counted))
}

/** How many rows each table gains, where it gains any. */
async function gain(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await rows()
  await work()
  const gained = [...(await rows())].map(([name, count]): [string, number] => [name, count - (before.get(name) ?? 0)])
  return Object.fromEntries(gained.filter(([, count]) => count !== 0))
}

test.each(journeys)('$name leaves in the database what it leaves in the shop: $title', async (journey) => {
  const { ofShop, ofLimit } = shoppers()
  const expected = await gain(() => journey.visit(ofShop, size))
  expect(await gain(() => journey.visit(ofLimit, size))).toEqual(expected)
})

test('a cart looks the same, but for its ids, its seal and its time', async () => {
  const { ofShop, ofLimit } = shoppers()
  const carts = await Promise.all(
    [ofShop, ofLimit].map(async (shopper) => {
      const { id: cartId } = await shopper.mutate<{ id: string }>('cart.create', { currency: 'EUR' })
      const line = { cartId, variantId: seeded.variantId(3), quantity: 2 }
      return shopper.mutate<object>('cart.addLine', line)
    }),
  )
  const ids = { id: expect.any(String), quote: expect.any(String) }
  const times = { createdAt: expect.any(String), updatedAt: expect.any(String) }
  const [ofTheShop, ofTheLimit] = carts.map((cart) => ({ lines: [], ...cart }))
  const lines = ofTheShop?.lines.map((line: object) => ({ ...line, id: expect.any(String) }))
  expect(ofTheLimit).toEqual({ ...ofTheShop, ...ids, ...times, lines })
})
