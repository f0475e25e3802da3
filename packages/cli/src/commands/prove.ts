import { proveStock } from '@barrow/api/inventory'
import { invariantsOf, prove } from '@barrow/api/prove'
import { Command } from 'commander'
import type { MakeCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { say } from '../io.ts'
import { withShop } from '../shop.ts'

export const proveCommand: MakeCommand = (io, finish) => {
  const command = new Command('prove')
    .description('Proves that the books are right, from one snapshot of the database, while the shop goes on.')
    .option('--quiesced', 'prove as well what holds only at rest: no buyer is paying, the worker has finished')
    .action(({ quiesced: atRest = false }: { quiesced?: boolean }) =>
      withShop(io, async (shop) => {
        const breaches = await prove(shop.context('prove'), { atRest })
        if (breaches.length === 0)
          return say(io.out, `The books are proven: ${invariantsOf({ atRest }).length} sentences hold.`)
        for (const { id, sentence, offending, count } of breaches) {
          say(io.out, `${id} does not hold: ${sentence}`)
          for (const offender of offending) say(io.out, `  ${offender}`)
          if (count > offending.length) say(io.out, `  and ${count - offending.length} more`)
        }
        say(io.err, `${breaches.length} of ${invariantsOf({ atRest }).length} sentences do not hold.`)
        finish(exitCodes.failed)
      }),
    )
  command
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
  return command
}
