import type { Context } from '../../platform/context.ts'
import { publish } from '../../platform/outbox.ts'
import * as inventory from '../inventory/index.ts'
import * as payment from '../payment/index.ts'
import { lockOwn } from './access.ts'
import { type CancelReason, type Order, OrderLine } from './entity.ts'
import { orderNotCancellable } from './errors.ts'
import { OrderCancelled } from './events.ts'
import { moved } from './history.ts'
import { refundAll } from './outcome.ts'
import type { OrderOf, OrderSummary } from './schema.ts'
import { summaryOf } from './summary.ts'

/** Calls an order off before it is sent. Its stock comes back at once; its money is let go or handed back by the worker. */
export async function cancel(ctx: Context, input: OrderOf): Promise<OrderSummary> {
  const order = await lockOwn(ctx, input, 'orders:write')
  const byBuyer = ctx.actor.kind === 'customer' || ctx.actor.kind === 'guest'
  await callOff(ctx, order, byBuyer ? 'customer' : 'staff')
  await ctx.em.flush()
  return summaryOf(ctx, order)
}

/** Cancels a locked order. Raises `order_not_cancellable`. */
export async function callOff(ctx: Context, order: Order, reason: CancelReason): Promise<void> {
  const before = order.status
  if (!order.mayBecome('cancelled')) throw orderNotCancellable({ status: before })
  order.cancel(reason)
  const attempt = await payment.wanted(ctx, order.id)
  if (attempt !== null) attempt.wanted = false
  moved(ctx, order, before, 'cancelled', { reason })
  await publish(ctx, OrderCancelled, order.id, { orderId: order.id, reason })
  if (attempt?.status === 'captured') await refundAll(ctx, order, attempt)
  await ctx.em.flush()
  if (before === 'confirmed') await restockRest(ctx, order)
  else await inventory.release(ctx, order.id)
}

async function restockRest(ctx: Context, order: Order): Promise<void> {
  const lines = await ctx.em.find(OrderLine, { orderId: order.id })
  const back = lines.map((line) => ({ variantId: line.variantId, quantity: line.quantity - line.restocked }))
  for (const line of lines) line.restocked = line.quantity
  await inventory.restock(ctx, { orderId: order.id, lines: back.filter(({ quantity }) => quantity > 0) })
}
