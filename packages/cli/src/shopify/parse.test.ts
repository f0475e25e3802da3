import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { fixture, header, readEntries as read, remarks } from './read-entries.ts'

describe('an export in the old spelling', () => {
  it('gives each product with its variants, options, stock and images', async () => {
    const { products, problems, notes, summary } = await read(createReadStream(fixture('old-export')))

    expect(problems).toEqual([])
    expect(summary).toEqual({ rows: 6, refusedRows: 0, products: 3, variants: 5, images: 5 })
    expect(products[0]).toEqual({
      handle: 'enamel-mug',
      title: 'Enamel Mug',
      description: '<p>A mug for the fire and the table.</p>',
      vendor: 'Fernhollow',
      type: 'Mugs',
      tags: ['Camp', 'Kitchen'],
      status: 'active',
      seoTitle: 'Enamel mug for camp',
      seoDescription: 'Light and hard to break.',
      options: [
        { name: 'Color', values: ['Cream', 'Pine'] },
        { name: 'Volume', values: ['300 ml', '500 ml'] },
      ],
      variants: [
        {
          line: 2,
          sku: 'MUG-CR-300',
          barcode: '0400001000012',
          optionValues: ['Cream', '300 ml'],
          price: 1250,
          compareAtPrice: null,
          weightGrams: 210,
          requiresShipping: true,
          taxable: true,
          tracked: true,
          quantity: 14,
          imageUrl: 'https://example.com/mug-cream.jpg',
        },
        expect.objectContaining({ line: 3, price: 1500, compareAtPrice: 1800, quantity: 0, imageUrl: null }),
        expect.objectContaining({ line: 4, optionValues: ['Pine', '300 ml'], quantity: 6 }),
      ],
      images: [
        { url: 'https://example.com/mug-cream.jpg', position: 1, alt: 'A cream mug' },
        { url: 'https://example.com/mug-pine.jpg', position: 2, alt: 'A pine mug' },
        { url: 'https://example.com/mug-both.jpg', position: 3, alt: '' },
        { url: 'https://example.com/mug-fire.jpg', position: 4, alt: 'By the fire' },
      ],
      lines: [2, 5],
    })
    expect(remarks(notes)).toEqual([
      '4 Variant Inventory Policy: sells on when out of stock; taken as tracked stock, which sells down to zero',
    ])
  })

  it('gives a product without options one variant without option values', async () => {
    const { products } = await read(createReadStream(fixture('old-export')))
    const throwable = products[1]

    expect(throwable?.options).toEqual([])
    expect(throwable?.variants).toMatchObject([{ sku: null, optionValues: [], price: 8900, weightGrams: 900 }])
  })

  it('sells a variant with a blank tracker untracked, and keeps its quantity', async () => {
    const { products } = await read(createReadStream(fixture('old-export')))

    expect(products[1]?.variants).toMatchObject([{ tracked: false, quantity: 3 }])
  })

  it('keeps the lines of a description as they are and counts them', async () => {
    const { products } = await read(createReadStream(fixture('old-export')))

    expect(products[1]?.description).toBe(
      '<p>Woven from "second" wool.</p>\n<ul>\n<li>130 × 180 cm</li>\n<li>Wash by hand, dry flat</li>\n</ul>',
    )
    expect(products[1]?.lines).toEqual([6, 10])
    expect(products[2]?.lines).toEqual([11, 11])
  })

  it('takes an unpublished product as a draft, and a compare-at price of zero as none', async () => {
    const { products } = await read(createReadStream(fixture('old-export')))

    expect(products[2]).toMatchObject({ status: 'draft', title: 'Repair Hour' })
    expect(products[2]?.variants).toMatchObject([
      { compareAtPrice: null, requiresShipping: false, taxable: false, quantity: null },
    ])
  })

  it('names the columns it does not read', async () => {
    const { ignored } = await read(createReadStream(fixture('old-export')))

    expect(ignored).toEqual([
      'Product Category',
      'Variant Fulfillment Service',
      'Variant Weight Unit',
      'Variant Tax Code',
      'Cost per item',
    ])
  })

  it('reads the same with a byte order mark and CRLF line ends, on the same lines, in pieces of any size', async () => {
    const text = await readFile(fixture('old-export'), 'utf8')
    const plain = await read(text)
    const bytes = Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`)
    async function* pieces(size: number) {
      for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
    }

    for (const size of [1, 7, 100_000]) {
      const { products, summary } = await read(pieces(size))
      const withoutCr = products.map((product) => ({
        ...product,
        description: product.description.replaceAll('\r\n', '\n'),
      }))
      expect(withoutCr).toEqual(plain.products)
      expect(summary).toEqual(plain.summary)
    }
  })
})

describe('an export in the present spelling', () => {
  it('is read like one in the old', async () => {
    const { products, problems, summary } = await read(createReadStream(fixture('present-export')))

    expect(problems).toEqual([])
    expect(summary).toMatchObject({ rows: 4, products: 3, variants: 4 })
    expect(products[0]).toMatchObject({
      handle: 'trail-sock',
      tags: ['Merino', 'Trail'],
      status: 'active',
      options: [{ name: 'Size', values: ['S', 'M'] }],
      variants: [
        { sku: 'SOCK-S', price: 990, weightGrams: 45, quantity: 40, tracked: true },
        { sku: 'SOCK-M', price: 990, weightGrams: 52, quantity: 0, tracked: true },
      ],
    })
    expect(products[2]).toMatchObject({ handle: 'old-lamp', status: 'archived' })
  })

  it('never puts a gift card on sale, and says where stock was below zero', async () => {
    const { products, notes } = await read(createReadStream(fixture('present-export')))

    expect(products[1]).toMatchObject({ handle: 'gift-card', status: 'draft' })
    expect(remarks(notes)).toEqual([
      '3 Inventory quantity: is below zero (sold beyond stock) and was taken as 0',
      '4 Gift card: is a gift card, whose codes are not issued here; taken as draft',
    ])
  })

  it('passes over linked options, market prices and metafields, and says so', async () => {
    const { ignored } = await read(createReadStream(fixture('present-export')))

    expect(ignored).toEqual(
      expect.arrayContaining([
        'Option1 Linked To',
        'Price / International',
        'Included / International',
        'Color (product.metafields.shopify.color-pattern)',
      ]),
    )
  })
})

describe('a file', () => {
  it('that lacks required columns is refused with the name of each', async () => {
    await expect(read('Handle,Vendor\ncup,Fernhollow\n')).rejects.toThrow(
      'This is not a Shopify product file: it has no column "Title", "Variant Price" or "Price".',
    )
  })

  it('with semicolons is refused with a word on its separator', async () => {
    await expect(read(header.replaceAll(',', ';'))).rejects.toThrow('separated by semicolons, not commas')
  })

  it('without a line is refused', async () => {
    await expect(read('')).rejects.toThrow('The file is empty.')
  })

  it('with a header alone has no products', async () => {
    expect((await read(header)).summary).toMatchObject({ rows: 0, products: 0 })
  })

  it('may have blank lines and rows of empty cells anywhere', async () => {
    const { products, summary } = await read(`\n${header}\n\n,,,\ncup,Cup,4.00\n   \nbowl,Bowl,6.00\n,,,,,,\n`)

    expect(products.map(({ handle, lines }) => [handle, lines])).toEqual([
      ['cup', [5, 5]],
      ['bowl', [7, 7]],
    ])
    expect(summary).toMatchObject({ rows: 2, refusedRows: 0 })
  })

  it('may leave off the empty cells at the end of a row, and quote inch signs or not', async () => {
    const { products } = await read(`${header}\npipe,5" pipe,4.00\nhose,"8"" hose",5.00\n`)

    expect(products.map(({ title }) => title)).toEqual(['5" pipe', '8" hose'])
  })
})

describe('a handle', () => {
  it('becomes a slug of letters and digits of any script, with a note', async () => {
    const { products, notes } = await read(`${header}
 Été 2026 / Große Tasse ,Tasse,4.00
東京-マグ,マグ,5.00
`)

    expect(products.map(({ handle }) => handle)).toEqual(['été-2026-große-tasse', '東京-マグ'])
    expect(remarks(notes)).toEqual(['2 Handle: was taken as "été-2026-große-tasse"'])
  })

  it('that comes back later in the file adds to its product instead of opening another', async () => {
    const { products, continuations, problems, summary } = await read(`${header}
cup,Cup,4.00,Size,S,CUP-S,https://example.com/s.jpg
bowl,Bowl,6.00
cup,Another title,5.00,,M,CUP-M,
cup,,5.00,,L,CUP-S,
`)

    expect(products).toMatchObject([{ handle: 'cup', title: 'Cup', lines: [2, 2] }, { handle: 'bowl' }])
    expect(continuations).toEqual([
      {
        handle: 'cup',
        options: [{ name: 'Size', values: ['M'] }],
        variants: [expect.objectContaining({ line: 4, sku: 'CUP-M', optionValues: ['M'] })],
        images: [],
        lines: [4, 5],
      },
    ])
    expect(remarks(problems)).toEqual(['5 Variant SKU: is the SKU of line 2 already'])
    expect(summary).toEqual({ rows: 4, refusedRows: 1, products: 2, variants: 3, images: 1 })
  })

  it('that another product has in another spelling is refused, and the two are not mixed', async () => {
    const { products, problems } = await read(`${header}\nred_cup,Red cup,4.00\nred-cup,Cup in red,5.00\n`)

    expect(products).toMatchObject([{ handle: 'red-cup', title: 'Red cup' }])
    expect(remarks(problems)).toEqual(['3 : its handle becomes "red-cup", as that of the product "red_cup" does'])
  })
})

describe('a product', () => {
  it('keeps an option that is called Title when it has values of its own', async () => {
    const { products } = await read(`${header}\nbook,Book,4.00,Title,Hardcover\nbook,,3.00,,Paperback\n`)

    expect(products[0]?.options).toEqual([{ name: 'Title', values: ['Hardcover', 'Paperback'] }])
  })

  it('has a title of one line, whatever the cell holds', async () => {
    const { products } = await read(`${header}\ncup,"  Cup\r\n with  \n a handle\n",4.00\n`)

    expect(products[0]?.title).toBe('Cup with a handle')
  })

  it('keeps its option names when a later row names others', async () => {
    const { products, problems } = await read(`${header}\ncup,Cup,4.00,Size,S\ncup,,4.00,Colour,Red\n`)

    expect(products[0]?.options).toEqual([{ name: 'Size', values: ['S'] }])
    expect(remarks(problems)).toEqual(['3 Option1 Name: is not the name that the product gives this option'])
  })

  it('is refused whole when its title is too long, and says so on each row', async () => {
    const { products, problems } = await read(`${header}\ncup,${'c'.repeat(256)},4.00,Size,S\ncup,,4.00,,M\n`)

    expect(products).toEqual([])
    expect(remarks(problems)).toEqual([
      '2 Title: is longer than 255 characters',
      '3 : its product was refused for its title',
    ])
  })

  it('comes in without the texts that are too long, each noted', async () => {
    const { products, notes } = await read(
      `Handle,Title,Price,Body (HTML),Vendor,Tags,Barcode,Image Src,Image Position
cup,Cup,4.00,${'d'.repeat(65_537)},${'v'.repeat(256)},"blue, ${'t'.repeat(101)}",${'9'.repeat(101)},not an address,first
`,
    )

    expect(products).toMatchObject([
      { description: '', vendor: '', tags: ['blue'], images: [], variants: [{ barcode: null }] },
    ])
    expect(notes.map(({ column }) => column)).toEqual(['Body (HTML)', 'Vendor', 'Tags', 'Barcode', 'Image Src'])
  })

  it('takes each image once, and puts one without a position last', async () => {
    const { products, notes } = await read(`Handle,Title,Price,Image Src,Image Position,Image Alt Text
cup,Cup,4.00,https://example.com/a.jpg,first,
cup,,,https://example.com/b.jpg,1,Back
cup,,,https://example.com/a.jpg,2,Front
`)

    expect(products[0]?.images).toEqual([
      { url: 'https://example.com/b.jpg', position: 1, alt: 'Back' },
      { url: 'https://example.com/a.jpg', position: 2, alt: 'Front' },
    ])
    expect(remarks(notes)).toEqual(['2 Image Position: is not a position; the image was put last'])
  })

  it.each([
    ['', '', 'active'],
    ['true', '', 'active'],
    ['FALSE', '', 'draft'],
    ['TRUE', 'Active', 'active'],
    ['TRUE', 'draft', 'draft'],
    ['TRUE', 'ARCHIVED', 'archived'],
    ['FALSE', 'active', 'draft'],
    ['TRUE', 'Unlisted', 'draft'],
  ])('published "%s" with the status "%s" comes in as %s one', async (published, stated, status) => {
    const { products } = await read(`Handle,Title,Price,Published,Status\ncup,Cup,4.00,${published},${stated}\n`)

    expect(products).toMatchObject([{ status }])
  })
})
