import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { decimalsOf } from '@barrow/api/runtime'
import { refusalOf, UsageError } from '../failure.ts'
import type { Progress } from '../progress.ts'
import type { Shop } from '../shop.ts'
import { parseShopifyCsv } from '../shopify/parse.ts'
import type { FileSummary } from '../shopify/product.ts'
import type { Importing } from './importing.ts'
import { importProduct } from './product.ts'
import { createReport, type Report } from './report.ts'

export interface ImportOptions {
  /** What the file's prices are in: the file itself does not say. */
  readonly currency: string
  /** Slug of a category that every product of the file joins. */
  readonly category?: string | undefined
}

export interface Imported extends Report {
  readonly summary: FileSummary
}

/**
 * Reads a Shopify product CSV into the shop, one product at a time. Products are told by handle, variants by SKU or else
 * option values, so that reading a file again changes nothing.
 */
export async function importProducts(
  shop: Shop,
  file: string,
  { currency, category }: ImportOptions,
  progress: Progress,
): Promise<Imported> {
  const { size } = await stat(file)
  const report = createReport(progress.note)
  const importing: Importing = {
    caller: shop.caller,
    currency,
    categoryId: category === undefined ? null : await categoryOf(shop, category),
    publicUrl: shop.config.http.publicUrl,
    report,
  }
  const source = createReadStream(file)
  let summary: FileSummary = { rows: 0, refusedRows: 0, products: 0, variants: 0, images: 0 }
  let products = 0
  for await (const entry of parseShopifyCsv(source, { decimals: decimalsOf(currency) })) {
    switch (entry.kind) {
      case 'columns':
        if (entry.ignored.length > 0) progress.note(`Columns that are not read: ${entry.ignored.join(', ')}`)
        break
      case 'problem':
        report.row('refused', entry.problem)
        break
      case 'note':
        report.row('note', entry.note)
        break
      case 'product':
      case 'continuation':
        await importProduct(importing, entry.kind === 'product' ? entry.product : entry.continuation)
        products += 1
        progress.update(
          `${products} products, ${Math.floor((100 * source.bytesRead) / Math.max(size, 1))} % of the file`,
        )
        break
      case 'summary':
        summary = entry.summary
        break
    }
  }
  progress.end()
  return Object.assign(report, { summary })
}

async function categoryOf(shop: Shop, slug: string): Promise<NonNullable<Importing['categoryId']>> {
  try {
    return (await shop.caller.category.get({ slug })).id
  } catch (error) {
    if (refusalOf(error) === undefined) throw error
    throw new UsageError(`There is no category "${slug}".`)
  }
}
