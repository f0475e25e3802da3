import { type Column, spellings } from './columns.ts'
import { formatDecimal } from './decimal.ts'
import type { ParsedImage, ParsedProduct, ParsedVariant } from './product.ts'

/** What an export has to know of a product: everything that reading a file gives, but the lines of the file. */
export interface WritableProduct extends Omit<ParsedProduct, 'lines' | 'variants'> {
  variants: Omit<ParsedVariant, 'line'>[]
}

export interface WriteOptions {
  /** Digits after the point in the currency of the prices: 2 for EUR and USD, 0 for JPY, 3 for KWD. */
  decimals: number
}

/** The order in which exports have them. Shopify asks for a fulfilment service and a weight unit on each variant. */
const columns: Column[] = [
  ...(['handle', 'title', 'description', 'vendor', 'type', 'tags', 'published'] as const),
  ...(['option1Name', 'option1Value', 'option2Name', 'option2Value', 'option3Name', 'option3Value'] as const),
  ...(['sku', 'grams', 'tracker', 'quantity', 'policy', 'price', 'compareAtPrice'] as const),
  ...(['requiresShipping', 'taxable', 'barcode', 'imageUrl', 'imagePosition', 'imageAlt'] as const),
  ...(['giftCard', 'seoTitle', 'seoDescription', 'variantImage', 'status'] as const),
]
const constants = { 'Variant Fulfillment Service': 'manual', 'Variant Weight Unit': 'g' }

/**
 * Writes products as a Shopify product CSV with the header of old exports, which Shopify and `parseShopifyCsv` both
 * read. Yields one record at a time with its line break, the header first. What is written reads back as it was, with
 * these exceptions: a tag with a comma comes back as two tags, a product without variants is refused, option values
 * come in the order in which variants name them, and line breaks outside a description become spaces.
 *
 * Cells are written as they are, those too that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`): a guard
 * would change the texts on the way back. Open the file in a spreadsheet only if you trust those who wrote its texts.
 */
export async function* writeShopifyCsv(
  products: AsyncIterable<WritableProduct>,
  { decimals }: WriteOptions,
): AsyncGenerator<string> {
  yield record([...columns.map((column) => spellings[column][0]), ...Object.keys(constants)])
  for await (const product of products) {
    const count = Math.max(1, product.variants.length, product.images.length)
    for (let index = 0; index < count; index++) {
      const [variant, image] = [product.variants[index], product.images[index]]
      const cells: Partial<Record<Column, string>> = {
        handle: product.handle,
        ...(index === 0 && productCells(product)),
        ...(variant && variantCells(variant, product, decimals)),
        ...(image && imageCells(image)),
      }
      const rest = Object.values(constants).map((value) => (variant ? value : ''))
      yield record([...columns.map((column) => cells[column] ?? ''), ...rest])
    }
  }
}

function productCells(product: WritableProduct): Partial<Record<Column, string>> {
  const [option1Name, option2Name, option3Name] = product.options.map(({ name }) => name)
  return {
    title: product.title,
    description: product.description,
    vendor: product.vendor,
    type: product.type,
    tags: product.tags.join(', '),
    published: String(product.status === 'active'),
    option1Name: option1Name ?? 'Title',
    option2Name: option2Name ?? '',
    option3Name: option3Name ?? '',
    giftCard: 'false',
    seoTitle: product.seoTitle,
    seoDescription: product.seoDescription,
    status: product.status,
  }
}

function variantCells(
  variant: WritableProduct['variants'][number],
  product: WritableProduct,
  decimals: number,
): Partial<Record<Column, string>> {
  const [option1Value, option2Value, option3Value] = variant.optionValues
  return {
    option1Value: product.options.length === 0 ? 'Default Title' : (option1Value ?? ''),
    option2Value: option2Value ?? '',
    option3Value: option3Value ?? '',
    sku: code(variant.sku),
    grams: String(variant.weightGrams),
    tracker: variant.tracked ? 'shopify' : '',
    quantity: variant.quantity === null ? '' : String(variant.quantity),
    policy: 'deny',
    price: formatDecimal(variant.price, decimals),
    compareAtPrice: variant.compareAtPrice === null ? '' : formatDecimal(variant.compareAtPrice, decimals),
    requiresShipping: String(variant.requiresShipping),
    taxable: String(variant.taxable),
    barcode: code(variant.barcode),
    variantImage: variant.imageUrl ?? '',
  }
}

function imageCells(image: ParsedImage): Partial<Record<Column, string>> {
  return { imageUrl: image.url, imagePosition: String(image.position), imageAlt: image.alt }
}

/** Reading takes one leading apostrophe off a code, so one that is part of it is written twice. */
function code(text: string | null): string {
  if (text === null) return ''
  return text.startsWith("'") ? `'${text}` : text
}

function record(cells: string[]): string {
  return `${cells.map(quoted).join(',')}\n`
}

function quoted(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
