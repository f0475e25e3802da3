import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'
import { runWith } from '../test-io.ts'

const folder = await mkdtemp(join(tmpdir(), 'barrow-export-'))
afterAll(() => rm(folder, { recursive: true }))
const [from, to] = [await testShop(), await testShop()]

const fixture = (name: string) => join(import.meta.dirname, '..', 'shopify', 'fixtures', `${name}.csv`)

/** What a product is, without the ids and dates that are each shop's own. */
async function contents(shop: typeof from) {
  const { rows } = await shop.system.product.listAll({ sort: 'oldest', limit: 100 })
  return Promise.all(
    rows.map(async ({ id }) => {
      const { variants, createdAt: _, updatedAt: __, id: ___, ...product } = await shop.system.product.getAny({ id })
      const levels = await shop.system.inventory.list({ variantIds: variants.rows.map((variant) => variant.id) })
      const stock = new Map(levels.rows.map((level) => [level.variantId, [level.tracked, level.onHand]]))
      const rows = variants.rows.map(({ id, productId: _, ...variant }) => ({ ...variant, stock: stock.get(id) }))
      return { ...product, variants: rows }
    }),
  )
}

test('what is exported and imported again is the same shop', async () => {
  for (const name of ['old-export', 'present-export', 'bad-rows']) {
    await runWith(['import', 'products', fixture(name), '--currency', 'EUR'], from.env)
  }
  const local = await from.system.product.create({
    slug: 'own-picture',
    title: 'Own, "picture"',
    status: 'active',
    images: [{ url: '/media/own.svg', alt: 'Ours' }],
  })
  await from.system.variant.create({
    productId: local.id,
    variants: [{ prices: [{ currency: 'EUR', amount: 5 }], sku: "'quoted", imageUrl: '/media/own.svg' }],
  })
  const file = join(folder, 'shop.csv')
  expect(await runWith(['export', 'products', '--out', file], from.env)).toMatchObject({ status: 0, out: '' })
  expect(await runWith(['import', 'products', file, '--currency', 'EUR'], to.env)).toMatchObject({ status: 0 })
  expect(await contents(to)).toEqual(await contents(from))
  expect((await runWith(['import', 'products', file, '--currency', 'EUR'], from.env)).out).toContain('Nothing changed.')
  const again = await runWith(['export', 'products'], to.env)
  expect(again.out).toBe(await readFile(file, 'utf8'))
})

test('with prices in several currencies, it must be said which', async () => {
  const shop = await testShop()
  const product = await shop.system.product.create({ slug: 'both', title: 'Both' })
  await shop.system.variant.create({
    productId: product.id,
    variants: [
      {
        prices: [
          { currency: 'EUR', amount: 500 },
          { currency: 'JPY', amount: 700 },
        ],
      },
    ],
  })
  expect(await runWith(['export', 'products'], shop.env)).toMatchObject({ status: 2, out: '' })
  const yen = await runWith(['export', 'products', '--currency', 'JPY'], shop.env)
  expect(yen.status).toBe(0)
  expect(yen.out).toMatch(/\nboth,Both,.*,700,/)
})

test('what the format cannot hold is named, the rest is written', async () => {
  const shop = await testShop()
  const wide = await shop.system.product.create({
    slug: 'wide',
    title: 'Wide',
    options: ['A', 'B', 'C', 'D'].map((name) => ({ name, values: ['1'] })),
  })
  const plain = await shop.system.product.create({ slug: 'plain', title: 'Plain' })
  const prices = [{ currency: 'EUR', amount: 100 }]
  await shop.system.variant.create({ productId: wide.id, variants: [{ optionValues: ['1', '1', '1', '1'], prices }] })
  await shop.system.variant.create({ productId: plain.id, variants: [{ prices }] })
  await shop.system.product.create({ slug: 'none', title: 'None' })
  const { status, out, err } = await runWith(['export', 'products'], shop.env)
  expect(status).toBe(1)
  expect(err).toContain('left out  wide has 4 options')
  expect(err).toContain('left out  none has no variant')
  expect(out.trim().split('\n')).toHaveLength(2)
})
