import type { Context } from '../../platform/context.ts'
import type { Priced } from './price.ts'
import { seal } from './quote.ts'
import type { AdminCartView, CartView } from './schema.ts'

/** A cart as its owner sees it, with its price sealed. */
export const viewOf = (ctx: Context, priced: Priced): CartView => ({ ...contents(priced), quote: seal(ctx, priced) })

export const adminViewOf = (priced: Priced): AdminCartView => ({ ...contents(priced), customerId: priced.customerId })

function contents({ lines, ...cart }: Priced) {
  return {
    ...cart,
    lines: lines.map(({ subtotal, ...line }) => ({ ...line, lineTotal: subtotal, available: line.problem === null })),
  }
}
