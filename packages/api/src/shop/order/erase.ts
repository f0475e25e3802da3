import type { Context } from '../../platform/context.ts'
import * as payment from '../payment/index.ts'
import type { UserId } from '../user/index.ts'
import { Order, OrderNote } from './entity.ts'
import { happened } from './history.ts'

/**
 * Takes everything personal out of a customer's orders; sums and lines stay, as the law of taxes wants them. Part of
 * erasing a customer, in its transaction.
 */
export async function anonymiseOf(ctx: Context, customerId: UserId): Promise<void> {
  const orders = await ctx.em.find(Order, { customerId }, { orderBy: { id: 'asc' } })
  for (const order of orders) {
    order.email = null
    order.shippingAddress = null
    order.billingAddress = null
    order.trackingCode = null
    order.guest = null
    happened(ctx, order, 'anonymised')
  }
  await ctx.em.nativeDelete(OrderNote, { orderId: { $in: orders.map((order) => order.id) } })
  await payment.forgetMethods(
    ctx,
    orders.map((order) => order.id),
  )
  await ctx.em.flush()
}
