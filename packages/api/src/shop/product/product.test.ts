import { buyer } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import superjson from 'superjson'
import { expect, test } from 'vitest'

const shop = await testShop()
const staff = shop.staff('catalog:write', 'catalog:read')

let count = 0
/** A shirt in three sizes, with a slug of its own. */
async function shirt(values: readonly string[] = ['S', 'M', 'L']) {
  const product = await staff.product.create({
    slug: `shirt-${++count}`,
    title: 'Shirt',
    options: [{ name: 'Size', values: ['S', 'M', 'L'] }],
  })
  const { variants } = await staff.variant.create({
    productId: product.id,
    variants: values.map((value) => ({ optionValues: [value], prices: [{ currency: 'EUR', amount: 1900 }] })),
  })
  return { product, variants }
}

const reason = (value: string) => ({ cause: { reason: value } })

test('what staff enter for a product is what they read', async () => {
  const category = await staff.category.create({ slug: 'shirts', name: 'Shirts' })
  const fields = {
    slug: 'linen-shirt',
    title: 'Linen shirt',
    description: '<p>Cool.</p>',
    vendor: 'Loom',
    type: 'Shirt',
    options: [{ name: 'Size', values: ['S'] }],
    images: [{ url: '/media/linen.svg', alt: 'A shirt' }],
    attributes: { material: 'linen', washable: true, grams: 180, seasons: ['spring', 'summer'] },
    tags: ['summer'],
    seo: { title: 'Linen shirts', description: null },
    categoryIds: [category.id],
  }
  const product = await staff.product.create(fields)
  expect(product).toMatchObject({ ...fields, status: 'draft', variantCount: 0 })
  expect(await staff.product.getAny({ slug: 'linen-shirt' })).toEqual({
    ...product,
    variants: { rows: [], next: null },
  })
  expect((await staff.product.listAll({ text: 'LINEN shi', categoryId: category.id })).rows).toMatchObject([
    { id: product.id, status: 'draft' },
  ])
})

test('an attribute cannot have a name under which nobody could read the product any more', async () => {
  const attributes = (text: string): Record<string, string> => JSON.parse(text)
  for (const name of ['constructor', 'prototype']) {
    const product = { slug: `named-${name}`, title: 'Car', attributes: attributes(`{"${name}":"Ferrari"}`) }
    await expect(staff.product.create(product)).rejects.toMatchObject({
      cause: { reason: 'invalid_input', details: { fields: [{ path: 'attributes' }] } },
    })
  }
  const product = { slug: 'named-well', title: 'Car', attributes: attributes('{"Constructor":"Ferrari"}') }
  expect(superjson.stringify(await staff.product.create(product))).toContain('Ferrari')
})

test('two products cannot have one slug, nor can two that are made at the same moment', async () => {
  const both = await Promise.allSettled(
    ['First', 'Second'].map((title) => staff.product.create({ slug: 'one-slug', title })),
  )
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(staff.product.create({ slug: 'one-slug', title: 'Third' })).rejects.toMatchObject({
    cause: { reason: 'slug_taken', details: { slug: 'one-slug' } },
  })
})

test('an update changes what it names and nothing else', async () => {
  const { product } = await shirt()
  const updated = await staff.product.update({ id: product.id, title: 'Better shirt', attributes: { fit: 'slim' } })
  expect(updated).toMatchObject({
    slug: product.slug,
    title: 'Better shirt',
    attributes: { fit: 'slim' },
    options: product.options,
  })
})

test('the categories of a product are replaced as a whole, and must exist', async () => {
  const [a, b, c] = await Promise.all(
    ['cat-a', 'cat-b', 'cat-c'].map((slug) => staff.category.create({ slug, name: slug })),
  )
  if (!a || !b || !c) throw new Error('three categories were made')
  const product = await staff.product.create({ slug: 'moved', title: 'Moved', categoryIds: [a.id, b.id] })
  const updated = await staff.product.update({ id: product.id, categoryIds: [b.id, c.id] })
  expect(updated.categoryIds).toEqual([b.id, c.id].sort())
  await expect(
    staff.product.update({ id: product.id, categoryIds: ['category_00000000000000000000000000'] }),
  ).rejects.toMatchObject(reason('category_not_found'))
  await expect(staff.category.delete({ id: c.id })).rejects.toMatchObject(reason('category_in_use'))
})

test('an archived product comes back as a draft, never straight on sale', async () => {
  const { product } = await shirt()
  await staff.product.setStatus({ id: product.id, status: 'active' })
  await staff.product.setStatus({ id: product.id, status: 'archived' })
  await expect(staff.product.setStatus({ id: product.id, status: 'active' })).rejects.toMatchObject({
    cause: { reason: 'status_move_refused', details: { from: 'archived', to: 'active' } },
  })
  expect(await staff.product.setStatus({ id: product.id, status: 'draft' })).toMatchObject({ status: 'draft' })
})

test('variants say what they are, in order, with their prices', async () => {
  const { product } = await shirt()
  const { rows } = await staff.variant.list({ productId: product.id })
  expect(rows.map(({ title, position }) => [title, position])).toEqual([
    ['S', 0],
    ['M', 1],
    ['L', 2],
  ])
  expect(rows[0]).toMatchObject({
    options: [{ name: 'Size', value: 'S' }],
    prices: [{ currency: 'EUR', amount: 1900, compareAtAmount: null }],
    sku: null,
    status: 'active',
  })
})

test('two variants cannot be the same choice, even when two people add it at the same moment', async () => {
  const { product, variants } = await shirt(['S'])
  await expect(
    staff.variant.create({ productId: product.id, variants: [{ optionValues: ['S'] }] }),
  ).rejects.toMatchObject({ cause: { reason: 'option_values_taken', details: { variantId: variants[0]?.id } } })
  const both = await Promise.allSettled(
    [1, 2].map(() => staff.variant.create({ productId: product.id, variants: [{ optionValues: ['M'] }] })),
  )
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('a value the product does not have yet joins its options; a missing one is refused', async () => {
  const { product } = await shirt(['S'])
  await staff.variant.create({ productId: product.id, variants: [{ optionValues: ['XXL'] }] })
  expect((await staff.product.getAny({ id: product.id })).options).toEqual([
    { name: 'Size', values: ['S', 'M', 'L', 'XXL'] },
  ])
  await expect(staff.variant.create({ productId: product.id, variants: [{}] })).rejects.toMatchObject({
    cause: { reason: 'option_values_wrong', details: { options: ['Size'], optionValues: [] } },
  })
})

test('an SKU belongs to one variant of the whole shop, also in a race', async () => {
  const [one, other] = [await shirt(['S']), await shirt(['S'])]
  const add = ({ product }: typeof one, value: string) =>
    staff.variant.create({ productId: product.id, variants: [{ sku: 'RACE-1', optionValues: [value] }] })
  const both = await Promise.allSettled([add(one, 'M'), add(other, 'M')])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(add(other, 'L')).rejects.toMatchObject({ cause: { reason: 'sku_taken', details: { skus: ['RACE-1'] } } })
  const [variant] = other.variants
  if (!variant) throw new Error('a variant was made')
  await expect(staff.variant.update({ id: variant.id, sku: 'RACE-1' })).rejects.toMatchObject(reason('sku_taken'))
})

test('any number of variants may go without an SKU', async () => {
  const { variants } = await shirt()
  expect(variants.map(({ sku }) => sku)).toEqual([null, null, null])
})

test('renamed options are renamed in every variant; a value in use cannot go', async () => {
  const { product } = await shirt()
  await staff.product.update({ id: product.id, options: [{ name: 'Grösse', values: ['L', 'M', 'S', 'XL'] }] })
  const { rows } = await staff.variant.list({ productId: product.id })
  expect(rows.map(({ options }) => options)).toEqual(['S', 'M', 'L'].map((value) => [{ name: 'Grösse', value }]))
  await expect(
    staff.product.update({ id: product.id, options: [{ name: 'Grösse', values: ['S', 'M'] }] }),
  ).rejects.toMatchObject({ cause: { reason: 'options_in_use', details: { values: ['L'] } } })
  await expect(staff.product.update({ id: product.id, options: [] })).rejects.toMatchObject(reason('options_in_use'))
})

test('a variant takes new values, and keeps its own place', async () => {
  const { variants } = await shirt()
  const [small, medium] = variants
  if (!small || !medium) throw new Error('three variants were made')
  const updated = await staff.variant.update({ id: small.id, optionValues: ['XS'], weightGrams: 90, sku: 'XS-1' })
  expect(updated).toMatchObject({ title: 'XS', weightGrams: 90, sku: 'XS-1', position: 0 })
  expect(await staff.variant.get({ sku: 'XS-1' })).toEqual(updated)
  await expect(staff.variant.update({ id: medium.id, optionValues: ['XS'] })).rejects.toMatchObject(
    reason('option_values_taken'),
  )
})

test('prices are set, changed and taken away, all or none', async () => {
  const { product, variants } = await shirt(['S'])
  const [small] = variants
  if (!small) throw new Error('a variant was made')
  await staff.variant.setPrices({
    prices: [
      { variantId: small.id, currency: 'EUR', amount: 1500, compareAtAmount: 1900 },
      { variantId: small.id, currency: 'JPY', amount: 2400 },
    ],
  })
  await staff.variant.setPrices({ prices: [{ variantId: small.id, currency: 'JPY', amount: null }] })
  expect((await staff.variant.get({ id: small.id })).prices).toEqual([
    { currency: 'EUR', amount: 1500, compareAtAmount: 1900 },
  ])
  await expect(
    staff.variant.setPrices({
      prices: [
        { variantId: small.id, currency: 'EUR', amount: 1 },
        { variantId: 'variant_00000000000000000000000000', currency: 'EUR', amount: 1 },
      ],
    }),
  ).rejects.toMatchObject(reason('variant_not_found'))
  expect((await staff.product.getAny({ id: product.id })).variants.rows[0]?.prices[0]?.amount).toBe(1500)
})

test('ten people set prices of the same variants in different orders at once: nobody waits for ever', async () => {
  const shirts = await Promise.all([shirt(), shirt(), shirt()])
  const ids = shirts.flatMap(({ variants }) => variants.map(({ id }) => id))
  const calls = Array.from({ length: 10 }, (_, n) =>
    staff.variant.setPrices({
      prices: (n % 2 ? ids : ids.toReversed()).map((variantId) => ({ variantId, currency: 'EUR', amount: 1000 + n })),
    }),
  )
  await Promise.all(calls)
  const amounts = await Promise.all(ids.map(async (id) => (await staff.variant.get({ id })).prices[0]?.amount))
  expect(new Set(amounts).size).toBe(1)
})

test.each([
  ['a currency that is none', { currency: 'XYZ', amount: 1 }],
  ['a negative amount', { currency: 'EUR', amount: -1 }],
  ['a fraction of a cent', { currency: 'EUR', amount: 1.5 }],
  ['more than any price', { currency: 'EUR', amount: 10_000_000_000 }],
  ['not a number', { currency: 'EUR', amount: Number.NaN }],
])('a price is refused that is %s', async (_, price) => {
  const { variants } = await shirt(['S'])
  const [small] = variants
  if (!small) throw new Error('a variant was made')
  await expect(staff.variant.setPrices({ prices: [{ variantId: small.id, ...price }] })).rejects.toMatchObject(
    reason('invalid_input'),
  )
})

test.each([
  'http://example.com/x.png',
  'javascript:alert(1)',
  '//example.com/x.png',
  '/media/../../etc/passwd',
  '/other/x.png',
  'https://example.com/"onerror=x',
])('a picture at %s is refused', async (url) => {
  await expect(
    staff.product.create({ slug: 'picture', title: 'Picture', images: [{ url, alt: '' }] }),
  ).rejects.toMatchObject({ cause: { reason: 'invalid_input', details: { fields: [{ path: 'images.0.url' }] } } })
})

test('a product of 2,048 variants is written in batches and read page by page; one more does not fit', async () => {
  const product = await staff.product.create({
    slug: 'every-key',
    title: 'Key',
    options: [{ name: 'Number', values: [] }],
  })
  for (let start = 0; start < 2048; start += 250) {
    const numbers = Array.from({ length: Math.min(250, 2048 - start) }, (_, n) => String(start + n))
    await staff.variant.create({
      productId: product.id,
      variants: numbers.map((number) => ({
        sku: `KEY-${number}`,
        optionValues: [number],
        prices: [{ currency: 'EUR', amount: 100 + Number(number) }],
      })),
    })
  }
  const whole = await staff.product.getAny({ id: product.id })
  expect(whole).toMatchObject({ variantCount: 2048, variants: { rows: { length: 100 } } })
  const seen = whole.variants.rows.map(({ title }) => title)
  for (let cursor = whole.variants.next; cursor !== null; ) {
    const page = await staff.variant.list({ productId: product.id, limit: 100, cursor })
    seen.push(...page.rows.map(({ title }) => title))
    cursor = page.next
  }
  expect(seen).toEqual(Array.from({ length: 2048 }, (_, n) => String(n)))
  await expect(
    staff.variant.create({ productId: product.id, variants: [{ optionValues: ['one more'] }] }),
  ).rejects.toMatchObject({ cause: { reason: 'too_many_variants', details: { max: 2048 } } })
})

test('a product nobody ordered is deleted with its variants and prices', async () => {
  const { product, variants } = await shirt()
  expect(await staff.product.delete({ id: product.id })).toEqual({ id: product.id })
  await expect(staff.product.getAny({ id: product.id })).rejects.toMatchObject(reason('product_not_found'))
  const [small] = variants
  if (!small) throw new Error('three variants were made')
  await expect(staff.variant.get({ id: small.id })).rejects.toMatchObject(reason('variant_not_found'))
})

test('a variant nobody ordered is deleted, and its choice is free again', async () => {
  const { product, variants } = await shirt(['S', 'M'])
  const [small] = variants
  if (!small) throw new Error('two variants were made')
  await staff.variant.delete({ id: small.id })
  const { variants: again } = await staff.variant.create({ productId: product.id, variants: [{ optionValues: ['S'] }] })
  expect(again[0]?.position).toBe(2)
})

test('every change is told to the rest of the shop, in order', async () => {
  const { product, variants } = await shirt(['S'])
  await staff.product.setStatus({ id: product.id, status: 'active' })
  const told = await shop.runtime.orm.em
    .fork()
    .execute('select name, payload from outbox_event where key = ? order by sequence', [product.id])
  expect(told).toMatchObject([
    { name: 'product.changed', payload: { change: 'created', status: 'draft' } },
    { name: 'variant.changed', payload: { change: 'created', variantIds: variants.map(({ id }) => id) } },
    { name: 'product.changed', payload: { change: 'updated', status: 'active' } },
  ])
})

test('visitors and staff without the permission cannot read drafts or write', async () => {
  const { product } = await shirt()
  await expect(shop.guest().product.getAny({ id: product.id })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await expect(shop.staff('orders:read').product.listAll({})).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(shop.staff('catalog:read').product.delete({ id: product.id })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
})

test('lists of staff page by cursor, and take no cursor of another list', async () => {
  for (let n = 0; n < 3; n++) await staff.product.create({ slug: `paged-${n}`, title: 'Paged thing' })
  const first = await staff.product.listAll({ text: 'paged thing', limit: 2 })
  const second = await staff.product.listAll({ text: 'paged thing', limit: 2, cursor: first.next ?? '' })
  expect([...first.rows, ...second.rows].map(({ slug }) => slug)).toEqual(['paged-2', 'paged-1', 'paged-0'])
  const { product } = await shirt()
  await expect(staff.variant.list({ productId: product.id, cursor: first.next ?? '' })).rejects.toMatchObject({
    cause: { reason: 'invalid_input', details: { fields: [{ path: 'cursor' }] } },
  })
})

/** A shirt on sale, with one of each size in stock. */
async function onSale() {
  const { product, variants } = await shirt(['S', 'M'])
  const levels = variants.map(({ id }) => ({ variantId: id, onHand: 1 }))
  await shop.system.inventory.setLevels({ levels })
  await staff.product.setStatus({ id: product.id, status: 'active' })
  const [small, medium] = variants
  if (!small || !medium) throw new Error('two variants were made')
  return { product, small, medium }
}

test('what was ordered is not deleted but archived, and cannot be bought any more', async () => {
  const { product, small, medium } = await onSale()
  await (await buyer(shop, [{ variantId: small.id }])).place()
  await expect(staff.product.delete({ id: product.id })).rejects.toMatchObject(reason('product_in_use'))
  await expect(staff.variant.delete({ id: small.id })).rejects.toMatchObject(reason('variant_in_use'))
  expect(await staff.variant.delete({ id: medium.id })).toEqual({ id: medium.id })
  expect(await staff.variant.update({ id: small.id, status: 'archived' })).toMatchObject({ status: 'archived' })
  await expect(buyer(shop, [{ variantId: small.id }])).rejects.toMatchObject(reason('not_for_sale'))
  expect(await staff.product.setStatus({ id: product.id, status: 'archived' })).toMatchObject({ status: 'archived' })
})

test('a variant that is deleted leaves the carts it lies in', async () => {
  const { small, medium } = await onSale()
  const { caller, cartId } = await buyer(shop, [{ variantId: small.id }, { variantId: medium.id }])
  await staff.variant.delete({ id: small.id })
  expect((await caller.cart.get({ id: cartId })).lines.map(({ variantId }) => variantId)).toEqual([medium.id])
})

test('a price changes while ten people change the options and stock of its product: everyone gets an answer', async () => {
  const { product, small } = await onSale()
  const calls = Array.from({ length: 10 }, (_, n) => [
    staff.product.update({ id: product.id, title: `Shirt ${n}` }),
    staff.variant.update({ id: small.id, weightGrams: n }),
    staff.variant.setPrices({ prices: [{ variantId: small.id, currency: 'EUR', amount: 1000 + n }] }),
    staff.variant.create({ productId: product.id, variants: [{ optionValues: [`${n}`] }] }),
    shop.system.inventory.setLevel({ variantId: small.id, onHand: n }),
  ])
  await Promise.all(calls.flat())
  expect((await staff.product.getAny({ id: product.id })).variantCount).toBe(12)
})
