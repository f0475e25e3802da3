import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'
import { runWith } from '../test-io.ts'

const shop = await testShop()
const { system } = shop
const folder = await mkdtemp(join(tmpdir(), 'barrow-import-'))
afterAll(() => rm(folder, { recursive: true }))

const fixture = (name: string) => join(import.meta.dirname, '..', 'shopify', 'fixtures', `${name}.csv`)
const importFile = (file: string, ...more: string[]) =>
  runWith(['import', 'products', file, '--currency', 'EUR', ...more], shop.env)

let count = 0
/** Imports rows under the header of old exports. */
async function importRows(rows: readonly string[], ...more: string[]) {
  const file = join(folder, `${++count}.csv`)
  await writeFile(file, [HEADER, ...rows, ''].join('\n'))
  return importFile(file, ...more)
}
const HEADER =
  'Handle,Title,Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,' +
  'Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Status'

/** All that staff see of a product: itself, its variants, their stock. */
async function whole(slug: string) {
  const product = await system.product.getAny({ slug })
  const { rows } = await system.inventory.list({ variantIds: product.variants.rows.map(({ id }) => id) })
  const stock = new Map(rows.map((level) => [level.variantId, [level.tracked, level.onHand]]))
  return { product, variants: product.variants.rows.map((variant) => ({ ...variant, stock: stock.get(variant.id) })) }
}

const auditRows = async () =>
  (await shop.runtime.orm.em.fork().execute<{ count: number }[]>('select count(*) from audit_entry'))[0]?.count

const oldExport = await importFile(fixture('old-export'))

test('a file goes in whole: products, options, images, variants, prices, stock', async () => {
  const { status, out } = oldExport
  expect(out).toContain('Products: 3 created, 0 updated, 0 unchanged, 0 failed.')
  expect(out).toContain('Variants: 5 created, 0 updated, 0 unchanged, 0 failed.')
  expect(status).toBe(0)
  const mug = await whole('enamel-mug')
  expect(mug.product).toMatchObject({
    title: 'Enamel Mug',
    description: '<p>A mug for the fire and the table.</p>',
    vendor: 'Fernhollow',
    type: 'Mugs',
    tags: ['Camp', 'Kitchen'],
    status: 'active',
    options: [
      { name: 'Color', values: ['Cream', 'Pine'] },
      { name: 'Volume', values: ['300 ml', '500 ml'] },
    ],
    seo: { title: 'Enamel mug for camp', description: 'Light and hard to break.' },
    images: [
      { url: 'https://example.com/mug-cream.jpg', alt: 'A cream mug' },
      { url: 'https://example.com/mug-pine.jpg', alt: 'A pine mug' },
      { url: 'https://example.com/mug-both.jpg', alt: '' },
      { url: 'https://example.com/mug-fire.jpg', alt: 'By the fire' },
    ],
  })
  const eur = (amount: number, compareAtAmount: number | null = null) => [{ currency: 'EUR', amount, compareAtAmount }]
  expect(mug.variants).toMatchObject([
    { sku: 'MUG-CR-300', title: 'Cream / 300 ml', prices: eur(1250), stock: [true, 14], barcode: '0400001000012' },
    { sku: 'MUG-CR-500', title: 'Cream / 500 ml', prices: eur(1500, 1800), stock: [true, 0], weightGrams: 290 },
    { sku: 'MUG-PI-300', prices: eur(1250), stock: [true, 6], imageUrl: 'https://example.com/mug-pine.jpg' },
  ])
  const throws = await whole('wool-throw')
  expect(throws.variants).toMatchObject([{ sku: null, title: '', prices: eur(8900), stock: [false, 3] }])
  const service = await whole('repair-hour')
  expect(service.product.status).toBe('draft')
  expect(service.variants).toMatchObject([{ requiresShipping: false, taxable: false, stock: [false, 0] }])
})

test('the present spelling goes in too, with what cannot be kept as it is noted by line', async () => {
  const { status, err } = await importFile(fixture('present-export'))
  expect(status).toBe(0)
  expect(err).toContain('note     line 3, trail-sock: Inventory quantity is below zero')
  expect((await whole('trail-sock')).variants.map(({ sku, stock }) => [sku, stock])).toEqual([
    ['SOCK-S', [true, 40]],
    ['SOCK-M', [true, 0]],
  ])
  expect((await whole('gift-card')).product.status).toBe('draft')
  expect((await whole('old-lamp')).product.status).toBe('archived')
})

test('the same file again changes nothing, and says so', async () => {
  await importFile(fixture('present-export'))
  const before = await auditRows()
  for (const name of ['old-export', 'present-export']) {
    const { status, out } = await importFile(fixture(name))
    expect(out).toContain('3 unchanged, 0 failed.')
    expect(out).toContain('Nothing changed.')
    expect(status).toBe(0)
  }
  expect(await auditRows()).toBe(before)
})

test('changed prices, stock, texts and new variants are taken; what the file does not name stays', async () => {
  const rows = (price: string, quantity: number, title: string) => [
    `change,${title},,,,true,Size,S,CH-S,shopify,${quantity},${price},,https://example.com/a.jpg,active`,
    'change,,,,,,,M,,shopify,2,10.00,,,',
  ]
  await importRows(rows('10.00', 5, 'Before'))
  const { out } = await importRows([...rows('9.50', 7, 'After'), 'change,,,,,,,L,,shopify,1,11.00,,,'])
  expect(out).toContain('Products: 0 created, 1 updated, 0 unchanged, 0 failed.')
  expect(out).toContain('Variants: 1 created, 1 updated, 1 unchanged, 0 failed.')
  const { product, variants } = await whole('change')
  expect(product).toMatchObject({ title: 'After', options: [{ name: 'Size', values: ['S', 'M', 'L'] }] })
  expect(variants.map(({ title, prices, stock }) => [title, prices[0]?.amount, stock])).toEqual([
    ['S', 950, [true, 7]],
    ['M', 1000, [true, 2]],
    ['L', 1100, [true, 1]],
  ])
  await importRows(rows('9.50', 7, 'After'))
  expect((await whole('change')).variants).toHaveLength(3)
})

test('a variant is found by its SKU where it has one, else by its option values', async () => {
  await importRows(['found,Found,,,,true,Size,S,FO-1,shopify,1,5.00,,,', 'found,,,,,,,M,,shopify,1,5.00,,,'])
  const before = (await whole('found')).variants.map(({ id }) => id)
  const { out } = await importRows([
    'found,Found,,,,true,Size,Small,FO-1,shopify,1,5.00,,,',
    'found,,,,,,,M,FO-2,shopify,1,5.00,,,',
  ])
  expect(out).toContain('Variants: 0 created, 2 updated, 0 unchanged, 0 failed.')
  const after = (await whole('found')).variants
  expect(after.map(({ id }) => id)).toEqual(before)
  expect(after.map(({ sku, title }) => [sku, title])).toEqual([
    ['FO-1', 'Small'],
    ['FO-2', 'M'],
  ])
})

test('rows that cannot be read are reported by line, the others are in, and the status says so', async () => {
  const { status, out, err } = await importFile(fixture('bad-rows'))
  expect(status).toBe(1)
  expect(err).toContain('refused  line 2, tent: Variant Price is not a plain decimal number')
  expect(err).toContain('refused  line 7, tent: Variant SKU is the SKU of line 4 already (TENT-2)')
  expect(out).toContain('Products: 2 created, 0 updated, 0 unchanged, 0 failed.')
  expect((await whole('tent')).variants.map(({ sku }) => sku)).toEqual(['TENT-2', 'TENT-9'])
})

test('rows that the shop refuses are reported by line, and cost no other row', async () => {
  await importRows(['owner,Owner,,,,true,Title,Default Title,TAKEN,shopify,1,5.00,,,'])
  const { status, err, out } = await importRows([
    'borrower,Borrower,,,,true,Size,S,OWN-1,shopify,1,5.00,,,',
    'borrower,,,,,,,M,TAKEN,shopify,1,5.00,,,',
    'borrower,,,,,,,L,OWN-2,shopify,1,99999999999.00,,,',
    'borrower,,,,,,,XL,OWN-3,shopify,1,5.00,,,',
    'next,Next,,,,true,Title,Default Title,,shopify,1,5.00,,,',
  ])
  expect(status).toBe(1)
  expect(err).toContain('refused  line 3, borrower: sku_taken: Another variant has this SKU. {"skus":["TAKEN"]}')
  expect(err).toMatch(/refused {2}line 4, borrower: invalid_input: variants\.0\.prices\.0\.amount/)
  expect(out).toContain('Variants: 3 created, 0 updated, 0 unchanged, 2 failed.')
  expect((await whole('borrower')).variants.map(({ title }) => title)).toEqual(['S', 'XL'])
  expect((await whole('next')).product.status).toBe('active')
})

test('a product none of whose variants is taken leaves nothing behind', async () => {
  await importRows(['holder,Holder,,,,true,Title,Default Title,HELD,shopify,1,5.00,,,'])
  const { out } = await importRows(['empty,Empty,,,,true,Title,Default Title,HELD,shopify,1,5.00,,,'])
  expect(out).toContain('Products: 0 created, 0 updated, 0 unchanged, 1 failed.')
  await expect(system.product.getAny({ slug: 'empty' })).rejects.toMatchObject({
    cause: { reason: 'product_not_found' },
  })
})

test('a product of 600 variants goes in, in batches', async () => {
  const rows = Array.from({ length: 600 }, (_, n) => {
    const product = n === 0 ? 'keys,Keys,,,,true,Number' : 'keys,,,,,,'
    return `${product},${n},KEYS-${n},shopify,${n},${n + 1}.00,,,`
  })
  const { out } = await importRows(rows)
  expect(out).toContain('Variants: 600 created')
  expect((await importRows(rows)).out).toContain('Nothing changed.')
  expect(await system.variant.get({ sku: 'KEYS-599' })).toMatchObject({ position: 599, prices: [{ amount: 60_000 }] })
})

test('every product joins the category that was named, and keeps the others', async () => {
  const [one, other] = await Promise.all(
    ['tables', 'chairs'].map((slug) => system.category.create({ slug, name: slug })),
  )
  const row = ['stool,Stool,,,,true,Title,Default Title,,,1,5.00,,,']
  await importRows(row, '--category', 'tables')
  await importRows(row, '--category', 'chairs')
  expect((await whole('stool')).product.categoryIds).toEqual([one?.id, other?.id].sort())
  expect((await importRows(row, '--category', 'chairs')).out).toContain('Nothing changed.')
  expect(await importRows(row, '--category', 'none')).toMatchObject({
    status: 2,
    err: 'There is no category "none".\n',
  })
})

test('image addresses are kept, never fetched: http becomes https, odd characters are encoded', async () => {
  await importRows([
    "pictures,Pictures,,,,true,Title,Default Title,,,1,5.00,,http://example.com/a b'c.jpg,",
    'pictures,,,,,,,,,,,,,https://example.com/d.jpg,',
  ])
  expect((await whole('pictures')).product.images.map(({ url }) => url)).toEqual([
    'https://example.com/a%20b%27c.jpg',
    'https://example.com/d.jpg',
  ])
})

test('an import killed in the middle is finished by the next one', async () => {
  const file = join(folder, 'killed.csv')
  const rows = Array.from(
    { length: 40 },
    (_, n) => `killed-${n},Killed ${n},,,,true,Title,Default Title,KILL-${n},shopify,3,5.00,,,`,
  )
  await writeFile(file, [HEADER, ...rows, ''].join('\n'))
  const main = join(import.meta.dirname, '..', 'main.ts')
  const child = spawn(process.execPath, [main, 'import', 'products', file, '--currency', 'EUR'], {
    env: { ...process.env, ...shop.env },
    stdio: 'ignore',
  })
  const started = async () => (await system.product.listAll({ text: 'killed', limit: 100 })).rows.length
  while ((await started()) < 5) await sleep(5)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await started()).toBeLessThan(40)
  const { out } = await importFile(file)
  expect(out).toMatch(/Products: \d+ created, \d+ updated, \d+ unchanged, 0 failed\./)
  expect((await importFile(file)).out).toContain('Products: 0 created, 0 updated, 40 unchanged, 0 failed.')
  const { rows: products } = await system.product.listAll({ text: 'killed', status: 'active', limit: 100 })
  expect(products.map(({ variantCount }) => variantCount)).toEqual(Array.from({ length: 40 }, () => 1))
  expect((await runWith(['prove', 'stock'], shop.env)).status).toBe(0)
})

test('without a currency, with none that exists, or without a file, nothing is done', async () => {
  expect((await runWith(['import', 'products', fixture('old-export')], shop.env)).status).toBe(2)
  expect((await runWith(['import', 'products', fixture('old-export'), '--currency', 'XXQ'], shop.env)).status).toBe(2)
  expect(await importFile(join(folder, 'none.csv'))).toMatchObject({ status: 2 })
  const other = join(folder, 'other.csv')
  await writeFile(other, 'a;b\n1;2\n')
  expect(await importFile(other)).toMatchObject({
    status: 1,
    err: expect.stringContaining('not a Shopify product file'),
  })
})
