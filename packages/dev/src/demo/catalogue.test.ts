import { describe, expect, it } from 'vitest'
import { categories, products } from './catalogue.ts'
import { define } from './define.ts'
import { palettes } from './palettes.ts'

const variants = products.flatMap((product) => product.variants)
const twice = (values: string[]) => values.filter((value, index) => values.indexOf(value) !== index)

describe('the demo shop', () => {
  it('sells 48 products in a tree of categories three levels deep', () => {
    const depth = (slug: string): number => {
      const parent = categories.find((category) => category.slug === slug)?.parent
      return parent ? depth(parent) + 1 : 1
    }

    expect(products).toHaveLength(48)
    expect(Math.max(...categories.map(({ slug }) => depth(slug)))).toBe(3)
  })

  it('names every category and product once, by a slug', () => {
    const slugs = [...categories, ...products].map(({ slug }) => slug)

    expect(slugs.filter((slug) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))).toEqual([])
    expect(twice(categories.map(({ slug }) => slug))).toEqual([])
    expect(twice(products.map(({ slug }) => slug))).toEqual([])
    expect(twice(products.map(({ title }) => title))).toEqual([])
  })

  it('gives each variant a SKU of its own', () => {
    expect(twice(variants.map(({ sku }) => sku))).toEqual([])
    expect(variants.filter(({ sku }) => !/^[A-Z0-9-]{3,20}$/.test(sku))).toEqual([])
  })

  it('has every category after its parent, and products in each one without children', () => {
    const seen = new Set<string | null>([null])
    for (const { slug, parent } of categories) {
      expect(seen, slug).toContain(parent)
      seen.add(slug)
    }
    const parents = new Set(categories.map(({ parent }) => parent))
    const leaves = categories.map(({ slug }) => slug).filter((slug) => !parents.has(slug))

    expect([...new Set(products.map(({ category }) => category))].sort()).toEqual(leaves.sort())
  })

  it('has one to twelve variants of a product, one for each combination of its options', () => {
    for (const { slug, options, variants } of products) {
      const combinations = options.reduce((count, { values }) => count * values.length, 1)
      expect(new Set(variants.map(({ optionValues }) => optionValues.join(' / '))).size, slug).toBe(combinations)
      expect(variants.length, slug).toBe(combinations)
      expect(combinations, slug).toBeLessThanOrEqual(12)
    }
  })

  it('prices everything in euro and dollar cents, and below what it cost before', () => {
    for (const { sku, price, compareAtPrice, weightGrams } of variants) {
      for (const currency of ['EUR', 'USD'] as const) {
        expect(Number.isSafeInteger(price[currency]) && price[currency] > 0, sku).toBe(true)
        expect(price[currency], sku).toBeLessThan(compareAtPrice?.[currency] ?? Number.POSITIVE_INFINITY)
      }
      expect(Number.isSafeInteger(weightGrams) && weightGrams > 0, sku).toBe(true)
    }
  })

  it('has things sold out, things sold without limit, and a product not yet on sale', () => {
    expect(variants.some(({ tracked, quantity }) => tracked && quantity === 0)).toBe(true)
    expect(variants.some(({ tracked }) => !tracked)).toBe(true)
    expect(variants.some(({ compareAtPrice }) => compareAtPrice !== null)).toBe(true)
    expect(products.some(({ status }) => status === 'draft')).toBe(true)
    expect(variants.every(({ quantity }) => Number.isSafeInteger(quantity) && quantity >= 0)).toBe(true)
  })

  it('describes each product in two to four sentences, with attributes to filter by', () => {
    for (const { slug, description, attributes } of products) {
      const sentences = description.match(/[.;:?!](?= |$)/g)?.filter((mark) => /[.?!]/.test(mark)) ?? []
      expect(sentences.length, slug).toBeGreaterThanOrEqual(2)
      expect(sentences.length, slug).toBeLessThanOrEqual(4)
      expect(attributes, slug).toMatchObject({ material: expect.any(String), season: expect.any(String) })
    }
  })

  it('has only colours that it can draw', () => {
    const colours = products
      .flatMap(({ options }) => options)
      .filter(({ name }) => name === 'Colour')
      .flatMap(({ values }) => values.map((value) => value.toLowerCase()))

    expect(colours.filter((colour) => !Object.hasOwn(palettes, colour))).toEqual([])
  })

  it('does not take a product whose stock leaves out a variant', () => {
    const draft = {
      slug: 'cup',
      title: 'Cup',
      description: 'A cup.',
      category: 'mugs',
      attributes: {},
      sku: 'CUP',
      price: [100, 100],
      grams: 1,
      options: { Colour: ['Pine', 'Rust'] },
      stock: [1],
      draw: ['enamelMug', 'pine', 'A cup'],
    } as const

    expect(() => define(draft)).toThrow('cup has 2 variants and stock for 1')
  })
})
