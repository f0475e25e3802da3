import { keepSearch } from '@barrow/dev/test-search'
import type { TestShop } from '@barrow/dev/test-shop'
import { beforeAll } from 'vitest'

interface Offer {
  title: string
  description?: string
  vendor?: string
  tags?: string[]
  category?: string
  attributes?: Record<string, string | number | boolean | string[]>
  sku?: string
  eur?: number
  usd?: number
  stock?: number
}

/** A shop whose words mean the same whoever reads them. */
export const offers: readonly Offer[] = [
  {
    title: 'Desk Lamp',
    category: 'lamps',
    eur: 4_900,
    usd: 5_500,
    attributes: { colour: 'red', watts: 5 },
    sku: 'LMP-001',
  },
  { title: 'Floor Lamp', category: 'lamps', eur: 12_900, attributes: { colour: 'black', watts: 11 }, stock: 0 },
  {
    title: 'Reading Light',
    category: 'lamps',
    description: '<p>A lamp for the <b>bedside</b> &amp; sofa.</p>',
    eur: 2_900,
    attributes: { colour: 'red' },
  },
  { title: 'Lampshade', category: 'shades', eur: 1_900, attributes: { colour: ['red', 'white'], washable: true } },
  { title: 'Café Chair', category: 'chairs', vendor: 'Müller', eur: 8_900, attributes: { colour: 'black' } },
  {
    title: 'Rocking Chairs, Set of 2',
    category: 'chairs',
    eur: 45_900,
    tags: ['outdoor'],
    attributes: { colour: 'white' },
  },
  { title: 'Running Shoes', eur: 9_900, usd: 10_900, stock: 0 },
  { title: 'Watering Can', tags: ['garden', 'outdoor'], eur: 3_900 },
  { title: '北欧ランプ', eur: 6_900 },
  { title: 'The Who, Live', description: 'A record.', usd: 2_900 },
]

export type Offers = ReturnType<typeof openOffers>

/** Has a shop offer all of them before the tests of a file, and answers what these ask it. */
export function openOffers(shop: TestShop) {
  const staff = shop.staff('catalog:write', 'catalog:read', 'inventory:write')
  const visitor = shop.guest()
  type Input = Parameters<typeof visitor.product.search>[0]
  const ids = new Map<string, { productId: `product_${string}`; variantId: `variant_${string}` }>()
  const categories = new Map<string, `category_${string}`>()
  let catchUp: () => Promise<void>
  let count = 0

  async function offer({ eur, usd, stock = 5, sku, category, ...fields }: Offer): Promise<void> {
    const categoryId = categories.get(category ?? '')
    const { id: productId } = await staff.product.create({
      slug: `offer-${++count}`,
      ...fields,
      categoryIds: categoryId === undefined ? [] : [categoryId],
    })
    const prices = [
      ...(eur === undefined ? [] : [{ currency: 'EUR', amount: eur }]),
      ...(usd === undefined ? [] : [{ currency: 'USD', amount: usd }]),
    ]
    const { variants } = await staff.variant.create({ productId, variants: [{ sku: sku ?? null, prices }] })
    const variantId = variants[0]?.id
    if (variantId === undefined) throw new Error('a variant was made')
    await staff.inventory.setLevels({ levels: [{ variantId, onHand: stock }] })
    await staff.product.setStatus({ id: productId, status: 'active' })
    ids.set(fields.title, { productId, variantId })
  }

  beforeAll(async () => {
    const add = async (slug: string, name: string, parent?: string) => {
      const parentId = parent === undefined ? null : (categories.get(parent) ?? null)
      categories.set(slug, (await staff.category.create({ slug, name, parentId })).id)
    }
    await add('home', 'Home')
    await add('lamps', 'Lighting', 'home')
    await add('shades', 'Shades', 'lamps')
    await add('chairs', 'Seating', 'home')
    for (const one of offers) await offer(one)
    catchUp = await keepSearch(shop)
  }, 120_000)

  const search = (input: Omit<Input, 'currency'> & { currency?: string } = {}) =>
    visitor.product.search({ currency: 'EUR', ...input })
  return {
    staff,
    offer,
    search,
    found: async (q: string, input: Omit<Input, 'currency'> = {}) =>
      (await search({ q, limit: 100, ...input })).rows.map((row) => row.title).sort(),
    idOf(title: string) {
      const id = ids.get(title)
      if (id === undefined) throw new Error(`${title} is not offered`)
      return id
    },
    categoryId(slug: string) {
      const id = categories.get(slug)
      if (id === undefined) throw new Error(`there is no category ${slug}`)
      return id
    },
    /** Has the index know of everything that changed. */
    catchUp: () => catchUp(),
  }
}
