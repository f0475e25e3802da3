import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ShopifyFileError } from './product.ts'
import { fixture, header, readEntries as read, remarks } from './read-entries.ts'

describe('bad rows', () => {
  it('are each reported with line, column and reason', async () => {
    const { problems, summary } = await read(createReadStream(fixture('bad-rows')))
    const byLine = problems.toSorted((a, b) => a.line - b.line)

    expect(remarks(byLine)).toEqual([
      '2 Variant Price: is not a plain decimal number like 1234.50 (no currency sign, no comma)',
      '5 Variant Price: is negative',
      '6 Option1 Value: its option values are those of line 4',
      '7 Variant SKU: is the SKU of line 4 already',
      '8 Variant Price: is not a plain decimal number like 1234.50 (no currency sign, no comma)',
      '8 Option2 Name: is not the name that the product gives this option',
      '8 Variant Compare At Price: has more decimals than the currency, which has 2',
      '8 Variant Inventory Qty: is not a whole number within 2,147,483,647',
      '9 Option1 Value: has no value for the option "Size"',
      '10 Option2 Value: is a value of an option that the product does not have',
      '11 Image Src: is not an http(s) address',
      '12 : it has neither a variant (price, SKU, option values) nor an image',
      '13 : it has more cells than the header, which has 15',
      '14 : it has no handle',
      '15 : no row of this product has a title',
      '16 : no row of this product has a title',
      '17 : its quoting is broken: a quote inside a quoted cell is written twice, and nothing follows the one that closes it',
      '18 Variant Price: is missing',
      '19 : no variant of this product could be taken',
    ])
    expect(summary).toEqual({ rows: 19, refusedRows: 16, products: 2, variants: 3, images: 2 })
  })

  it('say what stood in the cell and whose row it is', async () => {
    const { problems } = await read(createReadStream(fixture('bad-rows')))

    expect(problems).toContainEqual({
      line: 2,
      handle: 'tent',
      column: 'Variant Price',
      reason: 'is not a plain decimal number like 1234.50 (no currency sign, no comma)',
      value: '1,250.00',
    })
  })

  it('lose their own variant only, and not what the first row says of the product', async () => {
    const { products } = await read(createReadStream(fixture('bad-rows')))

    expect(products).toMatchObject([
      {
        handle: 'tent',
        title: 'Tent',
        options: [{ name: 'Size', values: ['Two'] }],
        variants: [{ sku: 'TENT-2', price: 32000, quantity: 3 }],
        images: [{ url: 'https://example.com/tent.jpg' }],
      },
      { handle: 'lantern', variants: [{ sku: 'LAN-1' }] },
    ])
  })

  it('do not hide the good rows before a quote that is never closed', async () => {
    const { products, problems, summary } = await read(`${header}
cup,Cup,4.00
plate,"Plate,5.00
bowl,Bowl,6.00
`)

    expect(products).toMatchObject([{ handle: 'cup' }])
    expect(remarks(problems)).toEqual(['3 : a quote opened in this row is never closed; nothing after it can be read'])
    expect(summary).toMatchObject({ rows: 2, refusedRows: 1 })
  })

  it('are refused where the text is not UTF-8, so that no broken letter is stored', async () => {
    async function* latin1() {
      yield Buffer.from(`${header}\ncafe,Caf\xe9,4.00\ntea,Tea,3.00\n`, 'latin1')
    }
    const { products, problems } = await read(latin1())

    expect(products).toMatchObject([{ handle: 'tea' }])
    expect(remarks(problems)).toEqual(['2 : it holds characters that are not UTF-8; save the file in that encoding'])
  })

  it('keep the price of a refused SKU free for the row that uses it well', async () => {
    const { products, problems } = await read(`${header}
cup,Cup,four,Size,S,CUP,
cup,,4.00,,M,CUP,
`)

    expect(products).toMatchObject([{ variants: [{ sku: 'CUP', optionValues: ['M'] }] }])
    expect(problems).toHaveLength(1)
  })
})

describe('a price', () => {
  it.each([
    ['1000', 0, 1000],
    ['1000.00', 0, 1000],
    ['9.9', 2, 990],
    ['0.00', 2, 0],
    ['9.99', 3, 9990],
    ['90071992547409.91', 2, Number.MAX_SAFE_INTEGER],
  ])('of %s in a currency with %i decimals is %i minor units', async (text, decimals, price) => {
    const { products } = await read(`${header}\ncup,Cup,${text}\n`, decimals)

    expect(products).toMatchObject([{ variants: [{ price }] }])
  })

  it.each([
    ['1.000', 0, 'has more decimals than the currency, which has 0'],
    ['9.999', 2, 'has more decimals than the currency, which has 2'],
    ['-0.01', 2, 'is negative'],
    ['90071992547409.92', 2, 'is too large'],
    ['1e3', 2, 'is not a plain decimal number like 1234.50 (no currency sign, no comma)'],
    ['"12,50"', 2, 'is not a plain decimal number like 1234.50 (no currency sign, no comma)'],
    ['€12', 2, 'is not a plain decimal number like 1234.50 (no currency sign, no comma)'],
  ])('of %s in a currency with %i decimals is refused: it %s', async (text, decimals, reason) => {
    const { problems } = await read(`${header}\ncup,Cup,${text}\n`, decimals)

    expect(remarks(problems)).toEqual([`2 Variant Price: ${reason}`])
  })
})

describe('a damaged file', () => {
  it('is read to its end or refused as a whole, and every row is either taken or reported', async () => {
    const text = await readFile(fixture('old-export'), 'utf8')
    const damage = fc.record({
      at: fc.nat(text.length),
      cut: fc.nat(40),
      put: fc.oneof(fc.constantFrom('"', ',', '\n', '\r', '""', ',"', '\n,'), fc.string({ maxLength: 5 })),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
        const damaged = damages.reduce((now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut), text)
        const found = await read(damaged).catch((error: unknown) => {
          if (error instanceof ShopifyFileError) return null
          throw error
        })
        if (!found) return

        const { summary, problems, products } = found
        expect(new Set(problems.map(({ line }) => line)).size).toBe(summary?.refusedRows)
        expect(products).toHaveLength(summary?.products ?? -1)
      }),
    )
  })
})
