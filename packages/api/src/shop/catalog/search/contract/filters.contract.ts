import { expect, test } from 'vitest'
import type { Offers } from './offers.ts'

/** What is found by currency, category, price, stock and attributes, and what facets count. */
export function filtersAndCounts({ search, found }: Offers): void {
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
    const of = (...attributes: NonNullable<NonNullable<Parameters<typeof search>[0]>['attributes']>) =>
      found('', { attributes })
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
}
