import { Currency } from '@barrow/api/runtime'
import { Command, InvalidArgumentError } from 'commander'
import type { MakeCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { importProducts } from '../import/import-products.ts'
import { tallyLine } from '../import/report.ts'
import { say } from '../io.ts'
import { createProgress } from '../progress.ts'
import { withShop } from '../shop.ts'

interface Options {
  currency: string
  category?: string
}

export const importCommand: MakeCommand = (io, finish) => {
  const from = new Command('import').description('Reads files into the shop.')
  from
    .command('products')
    .argument('<file>', 'a product CSV as Shopify exports it')
    .description(
      'Products by handle, variants by SKU or else option values: reading a file again changes nothing. Prices and stock ' +
        'become what the file says; nothing is removed. Ends with 1 when rows were refused; the others are in.',
    )
    .requiredOption('--currency <code>', 'what the prices are in', currencyCode)
    .option('--category <slug>', 'a category that every product joins')
    .action((file: string, options: Options) =>
      withShop(io, async (shop) => {
        const { products, variants, problems, summary } = await importProducts(
          shop,
          file,
          options,
          createProgress(io.err),
        )
        say(io.out, `Products: ${tallyLine(products)}.`)
        say(io.out, `Variants: ${tallyLine(variants)}.`)
        say(io.out, `Rows: ${summary.rows} read, ${summary.refusedRows} refused.`)
        const changes = [products, variants].some((tally) => tally.created + tally.updated > 0)
        if (!changes) say(io.out, 'Nothing changed.')
        if (problems > 0) finish(exitCodes.failed)
      }),
    )
  return from
}

export function currencyCode(text: string): string {
  const parsed = Currency.safeParse(text.toUpperCase())
  if (!parsed.success) throw new InvalidArgumentError('It must be an ISO 4217 code such as EUR.')
  return parsed.data
}
