import { keepSearch } from '@barrow/dev/test-search'
import type { TestShop } from '@barrow/dev/test-shop'
import { beforeAll, expect, test } from 'vitest'
import { encodeCursor } from '../../../platform/pages.ts'

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
const offers: readonly Offer[] = [
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

/** What searches promise, whatever engine answers: the same hits and the same counts; only who comes first may differ. */
export function keepsSearchContract(shop: TestShop, engine: string): void {
  const staff = shop.staff('catalog:write', 'catalog:read', 'inventory:write')
  const visitor = shop.guest()
  type Input = Parameters<typeof visitor.product.search>[0]
  const search = (input: Omit<Input, 'currency'> & { currency?: string } = {}) =>
    visitor.product.search({ currency: 'EUR', ...input })
  const found = async (q: string, input: Omit<Input, 'currency'> = {}) =>
    (await search({ q, limit: 100, ...input })).rows.map((row) => row.title).sort()
  const ids = new Map<string, { productId: `product_${string}`; variantId: `variant_${string}` }>()
  const idOf = (title: string) => {
    const id = ids.get(title)
    if (id === undefined) throw new Error(`${title} is not offered`)
    return id
  }
  const categories = new Map<string, `category_${string}`>()
  const answers = async () => (await shop.runtime.metrics.searches.get()).values.map(({ labels }) => labels.engine)
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

  const finds: readonly [q: string, titles: string[], why: string][] = [
    ['desk lamp', ['Desk Lamp'], 'every word has to be there'],
    ['CHAIRS', ['Café Chair', 'Rocking Chairs, Set of 2'], 'in any case and number'],
    ['lamp desk', ['Desk Lamp'], 'in any order'],
    ['lam', ['Desk Lamp', 'Floor Lamp', 'Lampshade', 'Reading Light'], 'the last word while it is typed'],
    ['chair', ['Café Chair', 'Rocking Chairs, Set of 2'], 'one or many'],
    ['run', ['Running Shoes'], 'whatever its ending'],
    ['cafe', ['Café Chair'], 'without accents'],
    ['CAFÉ chair', ['Café Chair'], 'with accents'],
    ['mueller', ['Café Chair'], 'or with them spelled out'],
    ['muller chair', ['Café Chair'], 'across title and vendor'],
    ['a lamp for the sofa', ['Reading Light'], 'without what everybody says'],
    ['bedside', ['Reading Light'], 'in the description, tags apart'],
    ['watering can', ['Watering Can'], 'though some of it is a common word'],
    ['outdoor', ['Rocking Chairs, Set of 2', 'Watering Can'], 'in tags'],
    ['seating', ['Café Chair', 'Rocking Chairs, Set of 2'], 'in the name of a category'],
    ['lighting', ['Desk Lamp', 'Floor Lamp', 'Lampshade', 'Reading Light'], 'or of one above it'],
    ['lmp-001', ['Desk Lamp'], 'by its SKU'],
    ['ランプ', ['北欧ランプ'], 'in scripts without spaces'],
    ['shade', ['Lampshade'], 'inside of a word, when no word is it'],
    ['dekslamp', [], 'not where words run together'],
    ['dsek lmap', ['Desk Lamp'], 'with letters in each other’s place'],
    ['floo lampp', ['Floor Lamp'], 'with letters missing or doubled'],
    ['rocjing', ['Rocking Chairs, Set of 2'], 'with a wrong letter'],
    ['zzzzzz', [], 'what nothing is like'],
    ['!!!', [], 'what is no word'],
  ]
  for (const [q, titles, why] of finds) {
    test(`“${q}” finds ${titles.length === 0 ? 'nothing' : titles.join(' and ')}: ${why}`, async () => {
      const page = await search({ q, limit: 100 })
      expect(page.rows.map((row) => row.title).sort()).toEqual(titles.toSorted())
      expect(page.total).toEqual({ count: titles.length, more: false })
      expect(page.next).toBeNull()
    })
  }

  test('what was only found by words like those typed says so', async () => {
    expect((await search({ q: 'desk lamp' })).loose).toBe(false)
    expect((await search({ q: 'dsek lmap' })).loose).toBe(true)
  })

  test('a title says more than a description, and a SKU more than all words', async () => {
    const { rows } = await search({ q: 'lamp' })
    expect(rows.at(-1)?.title).toBe('Reading Light')
    await staff.product.update({
      id: idOf('Watering Can').productId,
      description: 'Lmp 001, lmp 001, goes with the lmp 001.',
    })
    await catchUp()
    const bySku = await search({ q: 'LMP-001' })
    expect(bySku.rows.map((row) => row.title)).toEqual(['Desk Lamp', 'Watering Can'])
    await staff.product.update({ id: idOf('Watering Can').productId, description: '' })
    await catchUp()
  })

  test('without words everything is there, the newest first', async () => {
    const { rows, total } = await search({})
    const all = offers.filter((one) => one.eur !== undefined).map((one) => one.title)
    expect(rows.map((row) => row.title)).toEqual(all.toReversed())
    expect(total).toEqual({ count: all.length, more: false })
    expect(await search({ q: '   ' })).toEqual(await search({}))
  })

  test('only what is sold in the currency is found', async () => {
    const { rows } = await search({ currency: 'USD' })
    expect(rows.map((row) => row.title).sort()).toEqual(['Desk Lamp', 'Running Shoes', 'The Who, Live'])
    expect(rows[0]?.price.currency).toBe('USD')
    expect((await search({ currency: 'CHF' })).total).toEqual({ count: 0, more: false })
    expect((await search({ currency: 'CHF', sort: 'price_asc' })).rows).toEqual([])
  })

  test('a category holds what is in those below it', async () => {
    expect(await found('', { category: { slug: 'lamps' } })).toEqual([
      'Desk Lamp',
      'Floor Lamp',
      'Lampshade',
      'Reading Light',
    ])
    expect(await found('lamp', { category: { slug: 'shades' } })).toEqual(['Lampshade'])
    await expect(search({ category: { slug: 'none' } })).rejects.toMatchObject({
      cause: { reason: 'category_not_found' },
    })
  })

  test('prices are bounded on both sides, bounds included', async () => {
    expect(await found('', { price: { min: 2_900, max: 4_900 } })).toEqual([
      'Desk Lamp',
      'Reading Light',
      'Watering Can',
    ])
    expect(await found('lamp', { price: { min: 12_900 } })).toEqual(['Floor Lamp'])
    expect(await found('', { price: { min: 10, max: 5 } })).toEqual([])
  })

  test('what is sold out can be left out', async () => {
    expect(await found('lamp', { available: true })).not.toContain('Floor Lamp')
    expect(await found('running', { available: true })).toEqual([])
  })

  test('of an attribute any of the values, of several attributes all of them', async () => {
    const of = (...attributes: NonNullable<Input['attributes']>) => found('', { attributes })
    expect(await of({ name: 'colour', values: ['red'] })).toEqual(['Desk Lamp', 'Lampshade', 'Reading Light'])
    expect(await of({ name: 'colour', values: ['white', 'black'] })).toEqual([
      'Café Chair',
      'Floor Lamp',
      'Lampshade',
      'Rocking Chairs, Set of 2',
    ])
    expect(await of({ name: 'colour', values: ['red'] }, { name: 'watts', values: [5, 11] })).toEqual(['Desk Lamp'])
    expect(await of({ name: 'washable', values: [true] })).toEqual(['Lampshade'])
    expect(await of({ name: 'watts', values: ['5'] })).toEqual([])
    expect(await of({ name: 'colour', values: ['x'.repeat(500)] })).toEqual([])
  })

  test('facets count what is found; what a filter is set on is counted without it', async () => {
    const facets = ['category', 'price', 'attributes', 'available'] as const
    const { facets: all } = await search({
      q: 'lamp',
      facets: [...facets],
      priceRanges: [{ below: 3_000 }, { min: 3_000 }],
    })
    expect(all.categories?.map(({ slug, count }) => [slug, count])).toEqual([
      ['home', 4],
      ['lamps', 4],
      ['shades', 1],
    ])
    expect(all.price).toEqual({
      min: 1_900,
      max: 12_900,
      ranges: [
        { min: null, below: 3_000, count: 2 },
        { min: 3_000, below: null, count: 2 },
      ],
    })
    const sorted = (attributes: typeof all.attributes) =>
      attributes?.map(({ name, values }) => [name, values.map(({ value, count }) => [value, count]).sort()]).sort()
    expect(sorted(all.attributes)).toEqual([
      [
        'colour',
        [
          ['black', 1],
          ['red', 3],
          ['white', 1],
        ],
      ],
      ['washable', [[true, 1]]],
      [
        'watts',
        [
          [11, 1],
          [5, 1],
        ],
      ],
    ])
    expect(all.available).toBe(3)

    const chosen = await search({
      q: 'lamp',
      facets: [...facets],
      available: true,
      category: { slug: 'lamps' },
      price: { max: 4_900 },
      attributes: [{ name: 'colour', values: ['white'] }],
    })
    expect(chosen.rows.map((row) => row.title)).toEqual(['Lampshade'])
    expect(chosen.facets.available).toBe(1)
    expect(sorted(chosen.facets.attributes)).toEqual([
      [
        'colour',
        [
          ['red', 3],
          ['white', 1],
        ],
      ],
      ['washable', [[true, 1]]],
    ])
    expect(chosen.facets.price).toMatchObject({ min: 1_900, max: 1_900 })
    expect(chosen.facets.categories?.map(({ slug }) => slug).sort()).toEqual(['home', 'lamps', 'shades'])
  })

  test('nothing is counted that was not asked for, and of nothing there is none', async () => {
    expect((await search({ q: 'lamp' })).facets).toEqual({
      categories: null,
      price: null,
      attributes: null,
      available: null,
    })
    const { facets } = await search({ q: 'zzzzzz', facets: ['category', 'price', 'attributes', 'available'] })
    expect(facets).toMatchObject({ categories: [], price: { min: null, max: null }, attributes: [], available: 0 })
    expect(facets.price?.ranges.map((range) => range.count)).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  })

  for (const sort of ['relevance', 'newest', 'price_asc', 'price_desc', 'title'] as const) {
    for (const q of ['', 'lamp', 'lmap']) {
      test(`pages by ${sort} of “${q}” hold everything once, in order`, async () => {
        const whole = (await search({ q, sort, limit: 100 })).rows
        const paged: typeof whole = []
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await search({ q, sort, limit: 2, ...(cursor !== undefined && { cursor }) })
          expect(page.total.count).toBe(whole.length)
          paged.push(...page.rows)
          cursor = page.next
        }
        expect(paged).toEqual(whole)
        const prices = whole.map((row) => row.price.amount)
        if (sort === 'price_asc') expect(prices).toEqual(prices.toSorted((a, b) => a - b))
        if (sort === 'price_desc') expect(prices).toEqual(prices.toSorted((a, b) => b - a))
        const titles = whole.map((row) => row.title)
        if (sort === 'title') expect(titles).toEqual(titles.toSorted(new Intl.Collator('en').compare))
      })
    }
  }

  test('a cursor of another order, engine or index is refused', async () => {
    const { next } = await search({ q: 'lamp', limit: 1 })
    const cursor = next ?? ''
    const [order = '', , index = '', ...rest]: string[] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    await expect(search({ q: 'lamp', sort: 'newest', cursor })).rejects.toMatchObject({
      cause: { reason: 'invalid_input' },
    })
    const other = engine === 'postgres' ? 'opensearch' : 'postgres'
    for (const keys of [
      [other, index, ...rest],
      [engine, 'another', ...rest],
    ]) {
      const forged = encodeCursor(order, keys)
      await expect(search({ q: 'lamp', cursor: forged })).rejects.toMatchObject({ cause: { reason: 'cursor_expired' } })
    }
  })

  test('cursors that somebody made up are refused or answered, never an accident', async () => {
    const { next } = await search({ q: 'lamp', limit: 1 })
    const keys: unknown[] = JSON.parse(Buffer.from(next ?? '', 'base64url').toString())
    for (const key of [1e308, -1e308, 5e-324, 'x', '', '\ud800', 'NaN', 0]) {
      for (const [sort, order] of [
        ['relevance', 'search:relevance:EUR'],
        ['price_asc', 'search:price_asc:EUR'],
        ['title', 'search:title:EUR'],
        ['newest', 'search:newest:EUR'],
      ] as const) {
        const made = [order, ...keys.slice(1, 5), key, "' or 1=1 --\ud800", 'x']
        const cursor = Buffer.from(JSON.stringify(made)).toString('base64url')
        const answer = search({ q: 'lamp', sort, cursor }).then(
          () => 'answered',
          (error: { cause: { reason: string } }) => error.cause.reason,
        )
        expect(['answered', 'invalid_input', 'cursor_expired']).toContain(await answer)
      }
    }
  })

  test('nothing that is typed is taken for a query language, or breaks one', async () => {
    const typed = [
      "lamp' | 'chair",
      'lamp & !desk',
      'lamp:*',
      'lamp <-> desk',
      "':*",
      '\\',
      "\\'",
      '(((((',
      'lamp AND NOT desk',
      'title:lamp',
      '*',
      '*:*',
      '?',
      'lamp~2',
      '"lamp',
      '[a TO z]',
      '{"match_all":{}}',
      '/.*/',
      '%',
      '_',
      'lamp OR 1=1 --',
      "'; drop table product; --",
      '#{lamp}',
      '\u202Elamp',
      'la\u0301mp',
      '½ lamp',
      'ﬁlter',
      'ŉ',
      'İstanbul',
      'ß',
      '🛋️',
      '👩‍👩‍👧',
      '\u200b',
      '\u0000'.slice(1),
      'a'.repeat(200),
      'ʼ'.repeat(200),
      '" '.repeat(100),
      'ab '.repeat(66),
      '字'.repeat(200),
      '\u0300'.repeat(200),
      'ก็'.repeat(100),
      '-'.repeat(200),
      '1e999 0x1F 3.14 -5',
      'and or not',
      'the',
      'http://example.com/?q=%27',
      'ada@example.com',
      '../../etc/passwd',
    ]
    for (const q of typed) {
      const page = await search({ q, facets: ['category', 'price'] }).catch((error: unknown) => {
        throw new Error(`“${q}” has no answer`, { cause: error })
      })
      expect(page.rows.length).toBeLessThanOrEqual(20)
    }
    expect(await found('*')).toEqual([])
    expect(await found('lamp & !desk')).toContain('Desk Lamp')
  })

  test('what is too long, too many or too deep is refused before it is looked for', async () => {
    const bad: Record<string, unknown>[] = [
      { q: 'x'.repeat(201) },
      { q: 'a\0b' },
      { q: '\ud800' },
      { limit: 101 },
      { limit: 0 },
      { cursor: 'x' },
      { cursor: 'x'.repeat(3_001) },
      { sort: 'price' },
      { facets: ['vendor'] },
      { attributes: Array.from({ length: 6 }, (_, n) => ({ name: `${n}`, values: ['x'] })) },
      { attributes: [{ name: 'a', values: [] }] },
      { price: { min: -1 } },
      { priceRanges: [] },
      { engine: 'postgres' },
      { currency: 'XYZ' },
    ]
    for (const input of bad) {
      await expect(search(input)).rejects.toMatchObject({ cause: { reason: 'invalid_input' } })
    }
  })

  test('a draft, and what has no price, is not found; on sale it is, and archived no more', async () => {
    const { id } = await staff.product.create({ slug: 'hidden-gem', title: 'Hidden Gem' })
    await catchUp()
    expect(await found('gem')).toEqual([])
    const { variants } = await staff.variant.create({
      productId: id,
      variants: [{ prices: [{ currency: 'EUR', amount: 100 }] }],
    })
    await staff.product.setStatus({ id, status: 'active' })
    await catchUp()
    expect(await found('gem')).toEqual(['Hidden Gem'])
    const variantId = variants[0]?.id
    if (variantId === undefined) throw new Error('a variant was made')
    await staff.variant.setPrices({ prices: [{ variantId, currency: 'EUR', amount: null }] })
    await catchUp()
    expect((await search({ q: 'gem' })).total.count).toBe(0)
    await staff.variant.setPrices({ prices: [{ variantId, currency: 'EUR', amount: 100 }] })
    await catchUp()
    expect(await found('gem')).toEqual(['Hidden Gem'])
    await staff.product.setStatus({ id, status: 'archived' })
    // Hidden at once, whatever the index still says.
    expect(await found('gem')).toEqual([])
    await catchUp()
    expect((await search({ q: 'gem' })).total.count).toBe(0)
  })

  test('new words, prices and stock are found, old ones no more', async () => {
    await offer({ title: 'Teapot', eur: 3_000, stock: 0, category: 'chairs' })
    const { productId, variantId } = idOf('Teapot')
    await catchUp()
    expect(await found('teapot', { available: true })).toEqual([])
    await staff.inventory.setLevels({ levels: [{ variantId, onHand: 1 }] })
    await staff.variant.setPrices({ prices: [{ variantId, currency: 'EUR', amount: 3_500 }] })
    await staff.product.update({ id: productId, title: 'Kettle' })
    await catchUp()
    expect(await found('kettle', { available: true, price: { min: 3_500, max: 3_500 } })).toEqual(['Kettle'])
    expect(await found('teapot')).toEqual([])
    await staff.category.update({ id: categories.get('chairs') ?? 'category_x', name: 'Sitting' })
    await catchUp()
    expect(await found('sitting')).toContain('Kettle')
    await staff.category.update({ id: categories.get('chairs') ?? 'category_x', name: 'Seating' })
    await staff.product.delete({ id: productId })
    expect(await found('kettle')).toEqual([])
    await catchUp()
    expect((await search({ q: 'kettle' })).total.count).toBe(0)
    ids.delete('Teapot')
  })

  test(`it was ${engine} that answered`, async () => {
    await search({})
    expect(await answers()).toEqual([engine])
  })
}
