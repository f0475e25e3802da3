import { decimalsOf } from '@barrow/api/runtime'
import { UsageError } from '../failure.ts'
import { publicUrlOf } from '../import/image-url.ts'
import type { Caller, Shop } from '../shop.ts'
import { type WritableProduct, writeShopifyCsv } from '../shopify/write.ts'
import { type Product, readProducts, readVariants, type Variant } from './read-products.ts'

/** What the format holds at most. */
const MAX_OPTIONS = 3

export interface ExportOptions {
  /** Which prices to write; where all are in one currency it need not be said. */
  readonly currency?: string | undefined
  /** Told of everything that the format cannot hold. */
  readonly leftOut: (line: string) => void
  readonly onProduct: (count: number) => void
}

/**
 * The shop's products as a Shopify product CSV, oldest first. Archived variants, attributes, categories and prices in
 * other currencies are not part of that format. Raises {@link UsageError} when the currency has to be said.
 */
export async function* exportProducts(shop: Shop, options: ExportOptions): AsyncGenerator<string> {
  const currency = options.currency ?? (await onlyCurrency(shop.caller))
  yield* writeShopifyCsv(writableProducts(shop, currency, options), { decimals: decimalsOf(currency) })
}

/** Looks at every price before the first row is written: a file that begins in one currency ends in it. */
async function onlyCurrency(caller: Caller): Promise<string> {
  const currencies = new Set<string>()
  for await (const product of readProducts(caller)) {
    for await (const variants of readVariants(caller, product)) {
      for (const { prices } of variants) for (const { currency } of prices) currencies.add(currency)
    }
    if (currencies.size > 1) break
  }
  const [currency, ...others] = currencies
  if (currency === undefined) throw new UsageError('No product has a price: there is nothing to export.')
  if (others.length > 0) throw new UsageError('The shop has prices in several currencies: say which with --currency.')
  return currency
}

async function* writableProducts(
  { caller, config }: Shop,
  currency: string,
  { leftOut, onProduct }: ExportOptions,
): AsyncGenerator<WritableProduct> {
  let count = 0
  for await (const product of readProducts(caller)) {
    count += 1
    onProduct(count)
    if (product.options.length > MAX_OPTIONS) {
      leftOut(`${product.slug} has ${product.options.length} options, of which the format holds ${MAX_OPTIONS}`)
      continue
    }
    const variants: WritableProduct['variants'] = []
    for await (const page of readVariants(caller, product)) {
      const sold = page.filter((variant) => variant.prices.some((price) => price.currency === currency))
      for (const variant of page.filter((candidate) => !sold.includes(candidate))) {
        leftOut(`${product.slug}${variant.title && ` (${variant.title})`} has no price in ${currency}`)
      }
      variants.push(...(await writableVariants(caller, sold, currency, config.http.publicUrl)))
    }
    if (variants.length === 0) leftOut(`${product.slug} has no variant that could be written`)
    else yield { ...detailsOf(product, config.http.publicUrl), variants }
  }
}

async function writableVariants(
  caller: Caller,
  variants: readonly Variant[],
  currency: string,
  publicUrl: string,
): Promise<WritableProduct['variants']> {
  if (variants.length === 0) return []
  const stock = await caller.inventory.list({ variantIds: variants.map(({ id }) => id), limit: 100 })
  const levels = new Map(stock.rows.map((level) => [level.variantId, level]))
  return variants.flatMap((variant) => {
    const price = variant.prices.find((candidate) => candidate.currency === currency)
    const level = levels.get(variant.id)
    if (price === undefined || level === undefined) return []
    const { sku, barcode, options, weightGrams, requiresShipping, taxable, imageUrl } = variant
    return {
      sku,
      barcode,
      optionValues: options.map((option) => option.value),
      price: price.amount,
      // A blank cell is how the format says that nothing was more expensive before.
      compareAtPrice: price.compareAtAmount || null,
      weightGrams,
      requiresShipping,
      taxable,
      tracked: level.tracked,
      // Untracked stock may be below zero in the ledger; the format knows no such thing.
      quantity: Math.max(level.onHand, 0),
      imageUrl: imageUrl === null ? null : publicUrlOf(imageUrl, publicUrl),
    }
  })
}

const detailsOf = (product: Product, publicUrl: string): Omit<WritableProduct, 'variants'> => ({
  handle: product.slug,
  title: product.title,
  description: product.description,
  vendor: product.vendor ?? '',
  type: product.type ?? '',
  tags: product.tags,
  status: product.status,
  seoTitle: product.seo.title ?? '',
  seoDescription: product.seo.description ?? '',
  options: product.options,
  images: product.images.map(({ url, alt }, index) => ({ url: publicUrlOf(url, publicUrl), alt, position: index + 1 })),
})
