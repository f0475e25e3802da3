import { createReadStream } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slugOf } from './handle.ts'
import { parseShopifyCsv } from './parse.ts'
import type { ParsedProduct } from './product.ts'
import type { Source } from './rows.ts'
import { type WritableProduct, writeShopifyCsv } from './write.ts'

async function* each<T>(items: T[]): AsyncGenerator<T> {
  yield* items
}

async function written(products: WritableProduct[], decimals: number): Promise<string> {
  const lines: string[] = []
  for await (const line of writeShopifyCsv(each(products), { decimals })) lines.push(line)
  return lines.join('')
}

/** The products of a file; whatever else is found in it fails the test. */
async function read(source: Source, decimals: number): Promise<ParsedProduct[]> {
  const products: ParsedProduct[] = []
  for await (const entry of parseShopifyCsv(source, { decimals })) {
    if (entry.kind === 'product') products.push(entry.product)
    else expect(['columns', 'summary']).toContain(entry.kind)
  }
  return products
}

function withoutLines({ lines: _, ...product }: ParsedProduct): WritableProduct {
  return { ...product, variants: product.variants.map(({ line: _, ...variant }) => variant) }
}

/** Text as a cell holds it: no spaces around it, nothing that UTF-8 or the database has no room for. */
const paragraphs = (maxLength: number) =>
  fc
    .string({
      unit: fc.oneof(fc.constantFrom('"', ',', '\n', '\r\n', "'", ' ', '=', ';', 'é', '茶'), fc.string()),
      maxLength,
    })
    .map((value) =>
      value
        .replaceAll(/[\0\uFFFD]/g, '')
        .trim()
        .slice(0, maxLength)
        .trim(),
    )
    .filter((value) => value.isWellFormed())
const text = (maxLength: number) => paragraphs(maxLength).map((value) => value.replaceAll(/[\r\n\u2028\u2029]/g, '·'))
const someText = (maxLength: number) => text(maxLength).filter((value) => value !== '')
const url = fc.webUrl({ withQueryParameters: true, validSchemes: ['http', 'https'] })
const amount = fc.maxSafeNat()
const count = fc.nat(2_147_483_647)

const options = fc.oneof(
  fc.constant<string[]>([]),
  fc.uniqueArray(someText(100), { minLength: 1, maxLength: 3 }).filter((names) => names[0] !== 'Title'),
)

const variantWith = (names: string[]) =>
  fc.record({
    sku: fc.constant<string | null>(null),
    barcode: fc.option(someText(100)),
    optionValues: fc.tuple(...names.map(() => someText(255))),
    price: amount,
    compareAtPrice: fc.option(amount.filter((value) => value > 0)),
    weightGrams: count,
    requiresShipping: fc.boolean(),
    taxable: fc.boolean(),
    tracked: fc.boolean(),
    quantity: fc.option(count),
    imageUrl: fc.option(url),
  })

const product: fc.Arbitrary<WritableProduct> = options
  .chain((names) =>
    fc.record({
      title: someText(255),
      handle: text(50).map((value) => slugOf(value) || 'cup'),
      description: fc.oneof(paragraphs(500), fc.constant('  <p>spaces kept</p>\r\n')),
      vendor: text(255),
      type: text(255),
      tags: fc.uniqueArray(
        someText(100).filter((tag) => !tag.includes(',')),
        { maxLength: 5 },
      ),
      status: fc.constantFrom('draft' as const, 'active' as const, 'archived' as const),
      seoTitle: text(255),
      seoDescription: text(300),
      variants: fc.uniqueArray(variantWith(names), {
        minLength: 1,
        maxLength: 5,
        selector: ({ optionValues }) => JSON.stringify(optionValues),
      }),
      images: fc
        .uniqueArray(fc.record({ url, alt: text(100) }), { maxLength: 6, selector: (image) => image.url })
        .map((images) => images.map((image, index) => ({ ...image, position: index + 1 }))),
      options: fc.constant(names),
    }),
  )
  .map(({ options: names, ...rest }) => ({
    ...rest,
    options: names.map((name, index) => ({
      name,
      values: [...new Set(rest.variants.map(({ optionValues }) => optionValues[index] ?? ''))],
    })),
  }))

/** SKUs are unique in a catalogue, so they are dealt out over its products; some start like a formula or a quote. */
const catalogue = fc
  .tuple(
    fc.uniqueArray(product, { maxLength: 4, selector: ({ handle }) => handle }),
    fc.uniqueArray(fc.oneof(someText(100), fc.constantFrom("'007", "'", '=1+1', '-5')), { maxLength: 20 }),
  )
  .map(([products, skus]) => products.map((each, index) => withSkus(each, skus.slice(index * 5))))

function withSkus(each: WritableProduct, skus: string[]): WritableProduct {
  return { ...each, variants: each.variants.map((variant, index) => ({ ...variant, sku: skus[index] ?? null })) }
}

describe('an export', () => {
  it('reads back as the same products, whatever their texts hold', async () => {
    await fc.assert(
      fc.asyncProperty(catalogue, fc.constantFrom(0, 2, 3), async (products, decimals) => {
        const back = await read(await written(products, decimals), decimals)
        expect(back.map(withoutLines)).toEqual(products)
      }),
      { numRuns: 200 },
    )
  })

  it('of products from a file reads back as that file did', async () => {
    const source = createReadStream(new URL('./fixtures/old-export.csv', import.meta.url))
    const products: WritableProduct[] = []
    for await (const entry of parseShopifyCsv(source, { decimals: 2 })) {
      if (entry.kind === 'product') products.push(withoutLines(entry.product))
    }

    expect(products).toHaveLength(3)
    expect((await read(await written(products, 2), 2)).map(withoutLines)).toEqual(products)
  })

  it('of no products is a header that an import accepts', async () => {
    expect(await read(await written([], 2), 2)).toEqual([])
  })
})
