import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import * as inventory from '../inventory/index.ts'
import * as payment from '../payment/index.ts'
import { lockOwn } from './access.ts'
import { type Order, OrderLine } from './entity.ts'
import { orderLineNotFound, restockTooLarge } from './errors.ts'
import { happened } from './history.ts'
import { requestRefund } from './outcome.ts'
import type { RefundOrder, RefundView } from './schema.ts'

/**
 * Hands back what was paid, all that is left of it or an amount (minor units), and takes lines back into stock if told so.
 * The money moves afterwards, in the worker. Raises `nothing_to_refund`, `refund_too_large`, `order_line_not_found` and
 * `restock_too_large`.
 */
export async function refund(ctx: Context, input: RefundOrder): Promise<RefundView> {
  const order = await lockOwn(ctx, input, 'orders:refund')
  const attempt = await payment.captured(ctx, order.id)
  if (attempt === null) throw payment.nothingToRefund()
  const asked = await requestRefund(ctx, order, attempt, input.amount)
  if (input.restock.length > 0) await restock(ctx, order, input.restock)
  audit(ctx, { subject: order.id, after: { refundId: asked.id, amount: asked.amount } })
  const { id, amount, currency, status } = asked
  return { id, orderId: order.id, amount, currency, status }
}

async function restock(ctx: Context, order: Order, asked: RefundOrder['restock']): Promise<void> {
  const lines = new Map((await ctx.em.find(OrderLine, { orderId: order.id })).map((line) => [line.id, line]))
  const back = asked.map(({ lineId, quantity }) => {
    const line = lines.get(lineId)
    if (line === undefined) throw orderLineNotFound()
    const left = line.quantity - line.restocked
    if (quantity > left) throw restockTooLarge({ lineId, left })
    line.restocked += quantity
    return { variantId: line.variantId, quantity }
  })
  await inventory.restock(ctx, { orderId: order.id, lines: back })
  for (const { lineId, quantity } of asked) happened(ctx, order, 'restocked', { lineId, quantity })
}
