import { isDeepStrictEqual } from 'node:util'
import type { Caller } from '../shop.ts'
import type { ParsedContinuation, ParsedProduct, ParsedVariant } from '../shopify/product.ts'
import { writeBatches } from './batches.ts'
import { keptUrl } from './image-url.ts'
import type { Importing, Pair, Product, Variant } from './importing.ts'
import { importStock } from './stock.ts'

/** Brings the variants of a product to what the file says of them. Answers how many of the file's are in the shop. */
export async function importVariants(
  importing: Importing,
  product: Product,
  { variants: rows, handle }: ParsedProduct | ParsedContinuation,
): Promise<{ present: number; changed: boolean }> {
  const { caller, report } = importing
  const { pairs, fresh } = match(await allVariants(caller, product), rows)
  const failed = new Set<number>()
  const refused: Parameters<typeof writeBatches<ParsedVariant>>[2] = (row, refusal) => {
    failed.add(row.line)
    report.refused([row.line, row.line], handle, refusal)
  }

  for (const pair of pairs) await writeBatches([pair.row], () => update(importing, pair), refused)
  await updatePrices(importing, pairs, refused)
  await writeBatches(
    fresh,
    async (batch) => {
      const { variants } = await caller.variant.create({
        productId: product.id,
        variants: batch.map((row) => ({
          ...fieldsOf(importing, row),
          sku: row.sku,
          barcode: row.barcode,
          prices: [priceOf(importing, row)],
        })),
      })
      // The shop answers them in order of position, which is the order they were given in.
      for (const [index, variant] of variants.entries()) {
        const row = batch[index]
        if (row !== undefined) pairs.push({ variant, row, outcome: 'created' })
      }
    },
    refused,
  )
  await importStock(caller, pairs, (pair, refusal) => refused(pair.row, refusal))

  for (const { row, outcome } of pairs) if (!failed.has(row.line)) report.variants[outcome] += 1
  report.variants.failed += failed.size
  return { present: pairs.length, changed: pairs.some(({ outcome }) => outcome !== 'unchanged') }
}

async function allVariants(caller: Caller, product: Product): Promise<Variant[]> {
  const variants = [...product.variants.rows]
  for (let cursor = product.variants.next; cursor !== null; ) {
    const page = await caller.variant.list({ productId: product.id, limit: 100, cursor })
    variants.push(...page.rows)
    cursor = page.next
  }
  return variants
}

/** A row means the variant with its SKU, or else the one with its option values. */
function match(
  variants: readonly Variant[],
  rows: readonly ParsedVariant[],
): { pairs: Pair[]; fresh: ParsedVariant[] } {
  const bySku = new Map(variants.flatMap((variant) => (variant.sku === null ? [] : [[variant.sku, variant]])))
  const byValues = new Map(variants.map((variant) => [keyOf(valuesOf(variant)), variant]))
  const pairs: Pair[] = []
  const taken = new Set<Variant>()
  const fresh = rows.filter((row) => {
    const found = [row.sku === null ? undefined : bySku.get(row.sku), byValues.get(keyOf(row.optionValues))]
    const variant = found.find((candidate) => candidate !== undefined && !taken.has(candidate))
    if (variant === undefined) return true
    taken.add(variant)
    pairs.push({ variant, row, outcome: 'unchanged' })
    return false
  })
  return { pairs, fresh }
}

const valuesOf = (variant: Variant): string[] => variant.options.map((option) => option.value)
const keyOf = (values: readonly string[]): string => JSON.stringify(values.map((value) => value.normalize('NFC')))

async function update(importing: Importing, pair: Pair): Promise<void> {
  const { variant, row } = pair
  const present = { ...variant, optionValues: valuesOf(variant) }
  const wanted = {
    ...fieldsOf(importing, row),
    status: 'active' as const,
    // A blank code says nothing: what staff gave the variant stays.
    ...(row.sku !== null && { sku: row.sku }),
    ...(row.barcode !== null && { barcode: row.barcode }),
  }
  if (isDeepStrictEqual({ ...present, ...wanted }, present)) return
  await importing.caller.variant.update({ id: variant.id, ...wanted })
  pair.outcome = 'updated'
}

async function updatePrices(
  importing: Importing,
  pairs: readonly Pair[],
  refused: (row: ParsedVariant, refusal: Parameters<Parameters<typeof writeBatches>[2]>[1]) => void,
): Promise<void> {
  const repriced = pairs.filter(({ variant, row }) => {
    const price = variant.prices.find(({ currency }) => currency === importing.currency)
    return !isDeepStrictEqual(price, priceOf(importing, row))
  })
  await writeBatches(
    repriced,
    async (batch) => {
      const prices = batch.map(({ variant, row }) => ({ variantId: variant.id, ...priceOf(importing, row) }))
      await importing.caller.variant.setPrices({ prices })
      for (const pair of batch) pair.outcome = 'updated'
    },
    (pair, refusal) => refused(pair.row, refusal),
  )
}

const priceOf = ({ currency }: Importing, { price, compareAtPrice }: ParsedVariant) => ({
  currency,
  amount: price,
  compareAtAmount: compareAtPrice,
})

const fieldsOf = ({ publicUrl }: Importing, row: ParsedVariant) => ({
  optionValues: row.optionValues,
  weightGrams: row.weightGrams,
  requiresShipping: row.requiresShipping,
  taxable: row.taxable,
  imageUrl: row.imageUrl === null ? null : keptUrl(row.imageUrl, publicUrl),
})
