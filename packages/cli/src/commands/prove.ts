import { proveStock } from '@barrow/api/inventory'
import { Command } from 'commander'
import type { MakeCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { say } from '../io.ts'
import { withShop } from '../shop.ts'

export const proveCommand: MakeCommand = (io, finish) => {
  const prove = new Command('prove').description('Proves that the books are right.')
  prove
    .command('stock')
    .description('Every level is the sum of its movements, and what is reserved is what orders have reserved.')
    .action(() =>
      withShop(io, async (shop) => {
        const differences = await proveStock(shop.context('prove.stock'))
        if (differences.length === 0) return say(io.out, 'Stock is proven: every level is the sum of its movements.')
        for (const { variantId, sku, onHand, movements, reserved, reservations } of differences) {
          const name = sku === null ? variantId : `${variantId} (${sku})`
          say(
            io.out,
            `${name}: on hand ${onHand}, movements ${movements}; reserved ${reserved}, reservations ${reservations}`,
          )
        }
        say(io.err, `${differences.length} levels differ from their ledger.`)
        finish(exitCodes.failed)
      }),
    )
  return prove
}
