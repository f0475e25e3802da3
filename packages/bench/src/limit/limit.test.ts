import { rebuild } from '@barrow/api/catalog'
import { serve } from '@barrow/api/serve'
import { createWorkContext } from '@barrow/api/work'
import { testShop } from '@barrow/dev/test-shop'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { Shopper } from '../http.ts'
import { add, journeys } from '../journeys.ts'
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
const urls = {
  shop: `http://127.0.0.1:${await shop.listen(0, '127.0.0.1')}`,
  limit: `http://127.0.0.1:${limit.port}`,
}
const came: Shopper[] = []
afterAll(async () => {
  for (const shopper of came) shopper.leave()
  await Promise.all([shop.close(), limit.close()])
  await pool.end()
})

function shoppers() {
  const both = { ofShop: new Shopper(urls.shop), ofLimit: new Shopper(urls.limit) }
  came.push(both.ofShop, both.ofLimit)
  return both
}

test('the index is the one that a rebuild would make', async () => {
  const ctx = createWorkContext(runtime, 'bench', 'search.rebuild', 'bench')
  for (const engine of runtime.search.engines) expect(await rebuild(ctx, engine)).toBe(size.products)
  const differences = await Promise.all(
    ['search_document', 'search_amount', 'search_word'].map((table) =>
      pool.query(
        `select row from (select slot, to_jsonb(t) - '{slot,version}'::text[] as row from ${table} t) found
         group by row having count(distinct slot) < 2 limit 3`,
      ),
    ),
  )
  expect(differences.flatMap(({ rows }) => rows)).toEqual([])
  // The seeded one answers again.
  await pool.query('update search_index set slot = 0')
})

test.each([
  ['a page of a category', 'product.list', { category: { slug: seeded.categorySlug(7) }, currency: 'EUR', limit: 20 }],
  ['a last page', 'product.list', { category: { slug: seeded.categorySlug(7) }, currency: 'EUR', limit: 30 }],
  ['a product', 'product.get', { slug: seeded.productSlug(7), currency: 'EUR' }],
  [
    'a search',
    'product.search',
    { q: `${seeded.wordsOf(8).thing} ${seeded.wordsOf(8).series}`, currency: 'EUR', limit: 20 },
  ],
  ['a search of much', 'product.search', { q: 'leather bench', currency: 'EUR', limit: 5 }],
])('the limit answers the same bytes for %s', async (_, procedure, input) => {
  const { ofShop, ofLimit } = shoppers()
  const [expected, answered] = [await ofShop.query(procedure, input), await ofLimit.query(procedure, input)]
  expect(answered.toString()).toBe(expected.toString())
})

test('the limit answers the same bytes for an order, to its owner', async () => {
  const { ofShop, ofLimit } = shoppers()
  ofShop.session = ofLimit.session = seeded.session(1)
  const mine = { orderId: seeded.orderId(1) }
  const [expected, answered] = [await ofShop.query('order.get', mine), await ofLimit.query('order.get', mine)]
  expect(answered.toString()).toBe(expected.toString())
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
      const { lines } = await add(shopper, cartId, seeded.variantId(4))
      await shopper.mutate<object>('cart.addLine', line)
      return shopper.mutate<object>('cart.removeLine', { cartId, lineId: lines[0]?.id })
    }),
  )
  const ids = { id: expect.any(String), quote: expect.any(String) }
  const times = { createdAt: expect.any(String), updatedAt: expect.any(String) }
  const [ofTheShop, ofTheLimit] = carts.map((cart) => ({ lines: [], ...cart }))
  const lines = ofTheShop?.lines.map((line: object) => ({ ...line, id: expect.any(String) }))
  expect(ofTheLimit).toEqual({ ...ofTheShop, ...ids, ...times, lines })
})
