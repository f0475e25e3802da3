import { ShopifyFileError } from './product.ts'

/**
 * The columns that are read, each with its spellings: first the one of exports until 2024, which the writer uses, then
 * that of the admin's present template, then what other tools write. Compared without regard to case.
 */
export const spellings = {
  handle: ['Handle', 'URL handle'],
  title: ['Title'],
  description: ['Body (HTML)', 'Description', 'Body HTML'],
  vendor: ['Vendor'],
  type: ['Type'],
  tags: ['Tags'],
  published: ['Published', 'Published on online store'],
  option1Name: ['Option1 Name'],
  option1Value: ['Option1 Value'],
  option2Name: ['Option2 Name'],
  option2Value: ['Option2 Value'],
  option3Name: ['Option3 Name'],
  option3Value: ['Option3 Value'],
  sku: ['Variant SKU', 'SKU'],
  grams: ['Variant Grams', 'Weight value (grams)'],
  tracker: ['Variant Inventory Tracker', 'Inventory tracker'],
  quantity: ['Variant Inventory Qty', 'Inventory quantity'],
  policy: ['Variant Inventory Policy', 'Continue selling when out of stock'],
  price: ['Variant Price', 'Price'],
  compareAtPrice: ['Variant Compare At Price', 'Compare-at price', 'Compare at price'],
  requiresShipping: ['Variant Requires Shipping', 'Requires shipping'],
  taxable: ['Variant Taxable', 'Charge tax'],
  barcode: ['Variant Barcode', 'Barcode', 'Variant Barcodes', 'Barcodes'],
  imageUrl: ['Image Src', 'Product image URL'],
  imagePosition: ['Image Position'],
  imageAlt: ['Image Alt Text'],
  giftCard: ['Gift Card'],
  seoTitle: ['SEO Title'],
  seoDescription: ['SEO Description'],
  variantImage: ['Variant Image', 'Variant image URL'],
  status: ['Status'],
} as const satisfies Record<string, readonly [string, ...string[]]>

export type Column = keyof typeof spellings

/** Where a column stands in this file, and how its header spells it. */
interface Place {
  index: number
  spelling: string
}

export interface Columns {
  places: Partial<Record<Column, Place>>
  /** How many columns the header has. */
  width: number
  /** Columns that are not read: cost per item, market prices, metafields, linked options and the like. */
  ignored: string[]
}

const required: Column[] = ['handle', 'title', 'price']

const bySpelling = new Map<string, Column>(
  // The keys of a literal object are its Column names; Object.entries only knows them as strings.
  (Object.entries(spellings) as [Column, readonly string[]][]).flatMap(([column, names]) =>
    names.map((name): [string, Column] => [name.toLowerCase(), column]),
  ),
)

/**
 * Finds the known columns in a header row. Where one is there twice, the first counts and the other is ignored.
 *
 * @throws ShopifyFileError naming every column that is required and missing.
 */
export function readHeader(header: string[]): Columns {
  const places: Columns['places'] = {}
  const ignored: string[] = []

  for (const [index, cell] of header.entries()) {
    const spelling = cell.trim()
    const column = bySpelling.get(spelling.toLowerCase())
    if (column && !places[column]) places[column] = { index, spelling }
    else if (spelling !== '') ignored.push(spelling)
  }

  const missing = required.filter((column) => !places[column])
  if (missing.length > 0) throw new ShopifyFileError(missingColumns(missing, header))
  return { places, width: header.length, ignored }
}

function missingColumns(missing: Column[], header: string[]): string {
  const names = missing.map((column) => spellings[column].map((name) => `"${name}"`).join(' or ')).join(', ')
  const separator = header.length === 1 ? [';', '\t'].find((mark) => header[0]?.includes(mark)) : undefined
  const hint = separator
    ? ` Its columns are separated by ${separator === ';' ? 'semicolons' : 'tabs'}, not commas.`
    : ''
  return `This is not a Shopify product file: it has no column ${names}.${hint}`
}
