import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import type { MakeCommand } from '../command.ts'
import { exportProducts } from '../export/export-products.ts'
import { exitCodes } from '../failure.ts'
import { say } from '../io.ts'
import { createProgress } from '../progress.ts'
import { withShop } from '../shop.ts'
import { currencyCode } from './import.ts'

interface Options {
  currency?: string
  out?: string
}

export const exportCommand: MakeCommand = (io, finish) => {
  const to = new Command('export').description('Writes what the shop has to files.')
  to.command('products')
    .description(
      'A product CSV as Shopify exports it. Ends with 1 when something could not be written in that format; the rest is. ' +
        'Its texts are written as they are: open it in a spreadsheet only if you trust who wrote them.',
    )
    .option('--out <file>', 'where to, instead of standard output')
    .option('--currency <code>', 'which prices, where the shop has them in several currencies', currencyCode)
    .action(({ currency, out }: Options) =>
      withShop(io, async (shop) => {
        const progress = createProgress(io.err)
        let products = 0
        const rows = exportProducts(shop, {
          currency,
          leftOut: (line) => {
            finish(exitCodes.failed)
            progress.note(`left out  ${line}`)
          },
          onProduct: (count) => {
            products = count
            progress.update(`${count} products`)
          },
        })
        if (out === undefined) {
          await pipeline(Readable.from(rows), io.out, { end: false })
        } else {
          // Under its name only when it is whole.
          const part = `${out}.part`
          await pipeline(Readable.from(rows), createWriteStream(part))
          await rename(part, out)
        }
        progress.end()
        say(io.err, `${products} products read.`)
      }),
    )
  return to
}
