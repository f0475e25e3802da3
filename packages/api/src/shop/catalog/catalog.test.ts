import { testShop } from '@barrow/dev/test-shop'
import { statementsOf } from '@barrow/dev/test-statements'
import { expect, test } from 'vitest'
import { createWorkContext } from '../../platform/context.ts'
import { encodeCursor } from '../../platform/pages.ts'
import { completeListedPrices, type VariantId } from '../product/index.ts'
import { cardsOf } from './cards.ts'

const shop = await testShop()
const staff = shop.staff('catalog:write', 'catalog:read', 'inventory:write')
const visitor = shop.guest()
const work = () => createWorkContext(shop.runtime, 'worker', 'test', 'test')

interface Offer {
  title?: string
  eur?: number[]
  usd?: number
  stock?: number | 'untracked'
  categoryIds?: Awaited<ReturnType<typeof category>>[]
  attributes?: Record<string, string | number | boolean | string[]>
}

let count = 0

const category = async (parentId: Awaited<ReturnType<typeof staff.category.create>>['id'] | null = null) =>
  (await staff.category.create({ slug: `category-${++count}`, name: 'Category', parentId })).id

/** A product on sale, its variants told apart by number. */
async function offer({ title = 'Thing', eur = [1000], usd, stock = 5, ...fields }: Offer = {}) {
  const product = await staff.product.create({
    slug: `thing-${++count}`,
    title,
    options: [{ name: 'Number', values: [] }],
    ...fields,
  })
  const { variants } = await staff.variant.create({
    productId: product.id,
    variants: eur.map((amount, n) => ({
      optionValues: [String(n)],
      prices: [{ currency: 'EUR', amount }, ...(usd === undefined ? [] : [{ currency: 'USD', amount: usd }])],
    })),
  })
  await staff.inventory.setLevels({
    levels: variants.map(({ id }) =>
      stock === 'untracked' ? { variantId: id, onHand: 0, tracked: false } : { variantId: id, onHand: stock },
    ),
  })
  await staff.product.setStatus({ id: product.id, status: 'active' })
  return { id: product.id, slug: product.slug, variants }
}

type List = Parameters<typeof visitor.product.list>[0]
const ids = async (input: Omit<List, 'currency'>) =>
  (await visitor.product.list({ currency: 'EUR', ...input })).rows.map((row) => row.id)

/** Every row of a list, page by page. */
async function all(input: Omit<List, 'currency'>) {
  const rows = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await visitor.product.list({ currency: 'EUR', ...input, ...(cursor !== undefined && { cursor }) })
    rows.push(...page.rows)
    cursor = page.next
  }
  return rows
}

test('a card shows the price range, what it cost before, and whether it can be bought', async () => {
  const here = await category()
  const thing = await offer({ title: 'Lamp', eur: [3000, 2000], categoryIds: [here] })
  const cheap = thing.variants[1]
  if (!cheap) throw new Error('two variants were made')
  await staff.variant.setPrices({
    prices: [{ variantId: cheap.id, currency: 'EUR', amount: 2000, compareAtAmount: 2500 }],
  })
  await staff.product.update({ id: thing.id, images: [{ url: '/media/lamp.svg', alt: 'A lamp' }] })
  const { rows } = await visitor.product.list({ currency: 'EUR', category: { id: here } })
  expect(rows).toEqual([
    {
      id: thing.id,
      slug: thing.slug,
      title: 'Lamp',
      vendor: null,
      type: null,
      image: { url: '/media/lamp.svg', alt: 'A lamp' },
      price: { currency: 'EUR', amount: 2000, compareAtAmount: 2500, maxAmount: 3000 },
      available: true,
      variantCount: 2,
    },
  ])
})

test('a card follows the variants of its product', async () => {
  const here = await category()
  const thing = await offer({ eur: [3000, 2000], categoryIds: [here] })
  const [dear, cheap] = thing.variants
  if (!dear || !cheap) throw new Error('two variants were made')
  const card = async () => {
    const { rows } = await visitor.product.list({ currency: 'EUR', category: { id: here } })
    return rows.map(({ price, available, variantCount }) => [price.compareAtAmount, available, variantCount])
  }
  const price = (variantId: VariantId, compareAtAmount: number) =>
    staff.variant.setPrices({ prices: [{ variantId, currency: 'EUR', amount: 2000, compareAtAmount }] })
  await price(cheap.id, 2500)
  expect(await card()).toEqual([[2500, true, 2]])
  await price(dear.id, 3500)
  expect(await card()).toEqual([[3500, true, 2]])
  await staff.variant.create({ productId: thing.id, variants: [{ optionValues: ['third'], prices: [] }] })
  expect(await card()).toEqual([[3500, true, 3]])
  await staff.variant.update({ id: dear.id, status: 'archived' })
  expect(await card()).toEqual([[2500, true, 2]])
  await staff.inventory.setLevels({ levels: [{ variantId: cheap.id, onHand: 0 }] })
  expect(await card()).toEqual([[2500, false, 2]])
})

test('what a card shows of variants is read where it is kept, however many there are', async () => {
  const here = await category()
  const thing = await offer({ eur: [3000, 2000], categoryIds: [here] })
  const keep = (count: number) =>
    shop.runtime.orm.em
      .fork()
      .execute('update listed_price set variant_count = ? where product_id = ?', [count, thing.id])
  for (const count of [3, 1_000_000]) {
    await keep(count)
    const { rows } = await visitor.product.list({ currency: 'EUR', category: { id: here } })
    expect(rows).toMatchObject([{ id: thing.id, variantCount: count, available: true }])
    expect(await cardsOf(work(), { ids: [thing.id] }, 'EUR')).toEqual(rows)
  }
})

test('what the version before has listed is shown the same, and completed', async () => {
  const here = await category()
  const thing = await offer({ eur: [3000, 2000, 1000], usd: 900, categoryIds: [here] })
  const of = [thing.id, (await offer({ eur: [5000], categoryIds: [here] })).id]
  const [first, , gone] = thing.variants
  if (!first || !gone) throw new Error('three variants were made')
  await staff.variant.create({ productId: thing.id, variants: [{ optionValues: ['unpriced'], prices: [] }] })
  const before = { variantId: first.id, amount: 1500 }
  const prices = [
    { ...before, currency: 'EUR', compareAtAmount: 4000 },
    { ...before, currency: 'USD', amount: 800, compareAtAmount: 5000 },
    { ...before, variantId: gone.id, currency: 'EUR', amount: 1000, compareAtAmount: 6000 },
  ]
  await staff.variant.setPrices({ prices })
  await staff.variant.update({ id: gone.id, status: 'archived' })
  const cards = () =>
    Promise.all(
      ['EUR', 'USD'].map(async (currency) => (await visitor.product.list({ currency, category: { id: here } })).rows),
    )
  const sql = (statement: string, em = shop.runtime.orm.em.fork()) => em.execute(statement, [of])
  const kept = () =>
    sql(`select product_id, currency, compare_at_amount, variant_count
      from listed_price where product_id in (?) order by 1, 2`)
  const [shown, listed] = [await cards(), await kept()]
  expect(shown).toMatchObject([
    [{ variantCount: 1 }, { variantCount: 3, price: { amount: 1500, compareAtAmount: 4000 } }],
    [{ variantCount: 3, price: { amount: 800, compareAtAmount: 5000 } }],
  ])
  await sql('update listed_price set compare_at_amount = null, variant_count = null where product_id in (?)')
  expect(await cards()).toEqual(shown)
  const complete = () => completeListedPrices(work())
  await shop.runtime.orm.em.fork().transactional(async (em) => {
    await sql('select from product where id in (?) order by id limit 1 for update', em)
    expect(await complete()).toBe(1)
  })
  expect(await cards()).toEqual(shown)
  expect(await complete()).toBe(1)
  expect(await kept()).toEqual(listed)
  expect(await cards()).toEqual(shown)
  expect(await complete()).toBe(0)
})

test('drafts and archived products do not exist for shoppers', async () => {
  const here = await category()
  const thing = await offer({ categoryIds: [here] })
  for (const status of ['draft', 'archived'] as const) {
    await staff.product.setStatus({ id: thing.id, status })
    expect(await ids({ category: { id: here } })).toEqual([])
    await expect(visitor.product.get({ id: thing.id, currency: 'EUR' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(visitor.product.variants({ productId: thing.id, currency: 'EUR' })).rejects.toMatchObject({
      cause: { reason: 'product_not_found' },
    })
  }
})

test('what has no price in a currency is not listed in it', async () => {
  const here = await category()
  await offer({ categoryIds: [here] })
  const both = await offer({ categoryIds: [here], usd: 1200 })
  const { rows } = await visitor.product.list({ currency: 'USD', category: { id: here } })
  expect(rows.map((row) => [row.id, row.price.amount])).toEqual([[both.id, 1200]])
})

test('a category holds the products of the categories below it, once each', async () => {
  const top = await category()
  const [left, right] = [await category(top), await category(top)]
  const deep = await category(left)
  const a = await offer({ categoryIds: [deep] })
  const b = await offer({ categoryIds: [left, right, top] })
  await offer({ categoryIds: [await category()] })
  expect(await ids({ category: { id: top } })).toEqual([b.id, a.id])
  expect(await ids({ category: { id: right } })).toEqual([b.id])
  await expect(visitor.product.list({ currency: 'EUR', category: { slug: 'none' } })).rejects.toMatchObject({
    cause: { reason: 'category_not_found' },
  })
})

test('a branch of many categories is listed like a small one', async () => {
  const top = await category()
  const many = await Promise.all(Array.from({ length: 20 }, () => category(top)))
  const sold = []
  for (const categoryIds of [many.slice(0, 1), many.slice(3, 9), many.slice(-1), many])
    sold.unshift((await offer({ categoryIds })).id)
  expect(await ids({ category: { id: top } })).toEqual(sold)
  const rows = await all({ category: { id: top }, limit: 1 })
  expect(rows.map((row) => row.id)).toEqual(sold)
  expect(await ids({ category: { id: many[3] ?? top } })).toEqual([sold[0], sold[2]])
})

test('what is on sale is found behind many products that are not', async () => {
  const top = await category()
  const [left, right] = [await category(top), await category(top)]
  const old = [
    await offer({ categoryIds: [left] }),
    await offer({ categoryIds: [right] }),
    await offer({ categoryIds: [left] }),
  ]
  const drafts = Array.from({ length: 260 }, (_, n) =>
    staff.product.create({ slug: `draft-${++count}-${n}`, title: 'Draft', categoryIds: [left] }),
  )
  await Promise.all(drafts)
  const young = await offer({ categoryIds: [right] })
  const sold = [...old, young].map(({ id }) => id).toReversed()
  expect(await ids({ category: { id: left } })).toEqual([sold[1], sold[3]])
  expect(await ids({ category: { id: right } })).toEqual([sold[0], sold[2]])
  expect(await ids({ category: { id: top } })).toEqual(sold)
  expect((await all({ category: { id: top }, limit: 1 })).map(({ id }) => id)).toEqual(sold)
})

test('behind thousands of products that are not on sale, the walk stays within the category', async () => {
  const here = await category()
  const sold = [await offer({ categoryIds: [here] }), await offer({ categoryIds: [here] })].map(({ id }) => id)
  const draft = await staff.product.create({ slug: 'one-of-many', title: 'Draft' })
  const em = shop.runtime.orm.em.fork()
  await em.execute(
    `insert into product
       select (jsonb_populate_record(product, jsonb_build_object('id', 'product_7' || lpad(n::text, 25, '0'), 'slug', 'of-many-' || n))).*
       from product, generate_series(1, 2100) n where product.id = ?`,
    [draft.id],
  )
  await em.execute(
    `insert into product_category (product_id, category_id) select id, ? from product where slug like 'of-many-%'`,
    [here],
  )
  const sent = await statementsOf(async () => {
    expect(await ids({ category: { id: here } })).toEqual(sold.toReversed())
  })
  expect(sent.map((text) => text.includes('lateral'))).toEqual([true, false, true])
  expect((await all({ category: { id: here }, limit: 1 })).map(({ id }) => id)).toEqual(sold.toReversed())
})

test('a page of a category is one statement, and an empty category two', async () => {
  const [here, empty] = [await category(), await category()]
  for (let n = 0; n < 3; n++) await offer({ categoryIds: [here] })
  const ask = async (input: Partial<List>) => {
    let page: Awaited<ReturnType<typeof visitor.product.list>> | undefined
    const sent = await statementsOf(async () => {
      page = await visitor.product.list({ currency: 'EUR', category: { id: here }, limit: 2, ...input })
    })
    return { statements: sent.length, rows: page?.rows.length, next: page?.next ?? undefined }
  }
  const first = await ask({})
  expect(first).toMatchObject({ statements: 1, rows: 2 })
  expect(await ask({ cursor: first.next })).toEqual({ statements: 1, rows: 1 })
  expect(await ask({ category: { id: empty } })).toEqual({ statements: 2, rows: 0 })
})

test('each order pages through everything, once, in that order', async () => {
  const here = await category()
  const titles = ['zebra', 'Apple', 'ähre', 'apple', 'Zoo', 'Über', 'banana']
  for (const [n, title] of titles.entries()) await offer({ title, eur: [500 + (n % 3) * 100], categoryIds: [here] })
  const listing = (sort: NonNullable<List['sort']>) => all({ category: { id: here }, sort, limit: 2 })
  expect((await listing('newest')).map((row) => row.title)).toEqual(titles.toReversed())
  expect((await listing('title')).map((row) => row.title.toLowerCase())).toEqual([
    'ähre',
    'apple',
    'apple',
    'banana',
    'über',
    'zebra',
    'zoo',
  ])
  const rising = await listing('price_asc')
  expect(rising.map((row) => row.price.amount)).toEqual([500, 500, 500, 600, 600, 700, 700])
  expect(await listing('price_desc')).toEqual(rising.toReversed())
})

test('a page behind others is read from where it begins, in every table that is in its order', async () => {
  const here = await category()
  for (let n = 0; n < 3; n++) await offer({ categoryIds: [here] })
  const { next } = await visitor.product.list({ currency: 'EUR', limit: 1 })
  const [page = ''] = await statementsOf(() =>
    visitor.product.list({ currency: 'EUR', limit: 1, ...(next !== null && { cursor: next }) }),
  )
  for (const id of ['"listed_price"."product_id"', '"product"."id"']) expect(page).toContain(`${id} < $`)
})

test('prices filter by their bounds, both included', async () => {
  const here = await category()
  const offers = []
  for (const amount of [999, 1000, 1500, 2000, 2001]) offers.push(await offer({ eur: [amount], categoryIds: [here] }))
  const price = { min: 1000, max: 2000 }
  expect(await ids({ category: { id: here }, price, sort: 'price_asc' })).toEqual(
    offers.slice(1, 4).map(({ id }) => id),
  )
})

test('only what can be bought: in stock, or sold without limit', async () => {
  const here = await category()
  const stocked = await offer({ stock: 1, categoryIds: [here] })
  const soldOut = await offer({ stock: 0, categoryIds: [here] })
  const endless = await offer({ stock: 'untracked', categoryIds: [here] })
  expect(await ids({ category: { id: here }, available: true })).toEqual([endless.id, stocked.id])
  const rows = await all({ category: { id: here } })
  expect(rows.find((row) => row.id === soldOut.id)?.available).toBe(false)
})

test('attributes filter by text, number, truth and membership, all of them together', async () => {
  const here = await category()
  const wool = await offer({ categoryIds: [here], attributes: { material: 'wool', warm: true, seasons: ['winter'] } })
  await offer({ categoryIds: [here], attributes: { material: 'wool', warm: false, seasons: ['summer'] } })
  const list = (attributes: List['attributes']) => ids({ category: { id: here }, ...(attributes && { attributes }) })
  expect(await list([{ name: 'material', value: 'wool' }])).toHaveLength(2)
  expect(await list([{ name: 'warm', value: true }])).toEqual([wool.id])
  expect(
    await list([
      { name: 'seasons', value: 'winter' },
      { name: 'material', value: 'wool' },
    ]),
  ).toEqual([wool.id])
  expect(await list([{ name: 'warm', value: 'true' }])).toEqual([])
})

test('text finds titles that hold every word, whatever the order and case, and takes no wildcards', async () => {
  const here = await category()
  const mug = await offer({ title: 'ÄMALJ mug, 100% red', categoryIds: [here] })
  await offer({ title: 'Blue mug', categoryIds: [here] })
  const list = (text: string) => ids({ category: { id: here }, text })
  expect(await list('Red MUG')).toEqual([mug.id])
  expect(await list('ämalj')).toEqual([mug.id])
  expect(await list('00%')).toEqual([mug.id])
  expect(await list('re mu')).toEqual([mug.id])
  expect(await list('ed')).toEqual([])
  expect(await list('%u_')).toEqual([])
})

test('a search for blanks alone narrows nothing down', async () => {
  const here = await category()
  const { id } = await offer({ categoryIds: [here] })
  expect(await ids({ category: { id: here }, text: '   ' })).toEqual([id])
})

test('a count is given when asked for, over all pages', async () => {
  const here = await category()
  for (let n = 0; n < 3; n++) await offer({ categoryIds: [here] })
  const asked = { currency: 'EUR', category: { id: here }, limit: 1 }
  expect((await visitor.product.list(asked)).count).toBeNull()
  expect((await visitor.product.list({ ...asked, count: 'exact' })).count).toBe(3)
})

test('a product page has its variants with price and availability, and never says how much a shop holds', async () => {
  const here = await category()
  const thing = await offer({ eur: [1000, 1100, 1200, 1300], categoryIds: [here], attributes: { care: ['wash'] } })
  const [many, few, none, endless] = thing.variants.map(({ id }) => id)
  if (!many || !few || !none || !endless) throw new Error('four variants were made')
  await staff.inventory.setLevels({
    levels: [
      { variantId: many, onHand: 11 },
      { variantId: few, onHand: 10 },
      { variantId: none, onHand: 0 },
      { variantId: endless, onHand: 3, tracked: false },
    ],
  })
  const page = await visitor.product.get({ slug: thing.slug, currency: 'EUR' })
  expect(page).toMatchObject({ id: thing.id, attributes: { care: ['wash'] }, categories: [{ id: here }] })
  expect(page).toMatchObject({ available: true, price: { currency: 'EUR', amount: 1000, maxAmount: 1300 } })
  expect(page.variants.rows.map(({ available, left, price }) => [available, left, price?.amount])).toEqual([
    [true, null, 1000],
    [true, 10, 1100],
    [false, 0, 1200],
    [true, null, 1300],
  ])
  expect(await visitor.product.get({ id: thing.id, currency: 'EUR' })).toEqual(page)
})

test('a variant without a stock record or a price in the currency cannot be bought', async () => {
  const product = await staff.product.create({ slug: 'unstocked', title: 'Unstocked' })
  await staff.variant.create({
    productId: product.id,
    variants: [{ prices: [{ currency: 'EUR', amount: 100 }] }],
  })
  await staff.product.setStatus({ id: product.id, status: 'active' })
  const inEuro = await visitor.product.get({ slug: 'unstocked', currency: 'EUR' })
  expect(inEuro.variants.rows).toMatchObject([{ available: false, left: 0, price: { amount: 100 } }])
  const inYen = await visitor.product.get({ slug: 'unstocked', currency: 'JPY' })
  expect(inYen.variants.rows).toMatchObject([{ available: false, price: null }])
  expect([inEuro, inYen].map(({ available, price }) => [available, price?.amount])).toEqual([
    [false, 100],
    [false, undefined],
  ])
})

test('an archived variant is gone from the page, the price range and availability', async () => {
  const here = await category()
  const thing = await offer({ eur: [500, 900], categoryIds: [here] })
  const [cheap] = thing.variants
  if (!cheap) throw new Error('two variants were made')
  await staff.variant.update({ id: cheap.id, status: 'archived' })
  const { rows } = await visitor.product.list({ currency: 'EUR', category: { id: here } })
  expect(rows).toMatchObject([{ price: { amount: 900, maxAmount: 900 }, variantCount: 1 }])
  expect((await visitor.product.get({ id: thing.id, currency: 'EUR' })).variants.rows).toHaveLength(1)
})

test('the variants of a big product come page by page', async () => {
  const thing = await offer({ eur: Array.from({ length: 130 }, (_, n) => 100 + n) })
  const page = await visitor.product.get({ id: thing.id, currency: 'EUR' })
  expect(page.variants.rows).toHaveLength(100)
  const rest = await visitor.product.variants({
    productId: thing.id,
    currency: 'EUR',
    limit: 100,
    cursor: page.variants.next ?? '',
  })
  expect(rest.rows.map((row) => row.title)).toEqual(Array.from({ length: 30 }, (_, n) => String(100 + n)))
  expect(rest.next).toBeNull()
})

test('a cursor of another order, another list or another making is refused', async () => {
  const here = await category()
  for (let n = 0; n < 2; n++) await offer({ categoryIds: [here] })
  const { next } = await visitor.product.list({ currency: 'EUR', category: { id: here }, limit: 1, sort: 'title' })
  const forged = encodeCursor('product:price_asc:EUR', ['x', 'y'])
  for (const cursor of [next ?? '', forged, 'nonsense', '%00', 'x'.repeat(2_400)]) {
    await expect(visitor.product.list({ currency: 'EUR', sort: 'price_asc', cursor })).rejects.toMatchObject({
      cause: { reason: 'invalid_input', details: { fields: [{ path: 'cursor' }] } },
    })
  }
})

test('a cursor that no row can stand at is refused, whoever wrote it', async () => {
  const { id: productId } = await offer()
  const refused = { cause: { reason: 'invalid_input', details: { fields: [{ path: 'cursor' }] } } }
  const title = encodeCursor('product:title:EUR', ['a\0b', productId])
  await expect(visitor.product.list({ currency: 'EUR', sort: 'title', cursor: title })).rejects.toMatchObject(refused)
  const beyond = (order: string, prefix: string) => encodeCursor(order, [2 ** 31, `${prefix}_${'0'.repeat(26)}`])
  const variants = { productId, currency: 'EUR', cursor: beyond('product:variants', 'variant') }
  await expect(visitor.product.variants(variants)).rejects.toMatchObject(refused)
  const records = { productId, cursor: beyond('variants', 'variant') }
  await expect(shop.system.variant.list(records)).rejects.toMatchObject(refused)
  await expect(visitor.category.list({ cursor: beyond('position', 'category') })).rejects.toMatchObject(refused)
  const methods = { cursor: beyond('position', 'shipping') }
  await expect(shop.system.shippingMethod.list(methods)).rejects.toMatchObject(refused)
  const offers = { ...methods, countryCode: 'DE', currency: 'EUR' }
  await expect(visitor.shippingMethod.available(offers)).rejects.toMatchObject(refused)
})

test('the longest title makes a cursor that is taken', async () => {
  const here = await category()
  for (let n = 0; n < 2; n++) await offer({ title: '\u0001'.repeat(254) + n, categoryIds: [here] })
  expect(await all({ category: { id: here }, sort: 'title', limit: 1 })).toHaveLength(2)
})
