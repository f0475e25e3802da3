import type { Context } from '../../platform/context.ts'
import * as inventory from '../inventory/index.ts'
import * as payment from '../payment/index.ts'
import { lockOwn } from './access.ts'
import { deadline } from './deadline.ts'
import { OrderLine } from './entity.ts'
import { orderNotPayable } from './errors.ts'
import { moved } from './history.ts'
import type { OrderOf, OrderSummary, PayOrder } from './schema.ts'
import { authorise, type Begun, began, inSteps } from './steps.ts'

/**
 * Tries again to pay an order whose payment failed: a new attempt, at the sums that were sealed when it was placed. Its
 * stock went back with the failure and is reserved anew. Raises `order_not_payable`, `out_of_stock`, and
 * `rate_limited` after several declines.
 */
export const pay = (ctx: Context, input: PayOrder): Promise<OrderSummary> =>
  inSteps(ctx, input, {
    first: (ctx) => retry(ctx, input),
    ask: authorise,
  })

async function retry(ctx: Context, input: PayOrder): Promise<Begun> {
  const order = await lockOwn(ctx, input, 'orders:write')
  if (order.status !== 'payment_failed') throw orderNotPayable({ status: order.status })
  await payment.refuseCardTesting(ctx, order.id)
  const lines = await ctx.em.find(OrderLine, { orderId: order.id }, { orderBy: { position: 'asc' } })
  const attempt = await payment.open(ctx, {
    orderId: order.id,
    money: { amount: order.total, currency: order.currency },
    method: input.paymentMethod,
  })
  order.moveTo('pending_payment')
  order.expiresAt = await deadline(ctx)
  moved(ctx, order, 'payment_failed', 'payment_retried', { attemptId: attempt.id })
  const begun = { orderId: order.id, attemptId: attempt.id }
  await began(ctx, begun)
  await inventory.reserve(ctx, {
    orderId: order.id,
    lines: lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
    minutes: ctx.config.reservationMinutes,
  })
  return begun
}

/**
 * Goes on after the buyer has done what the provider asked of them, or asks again when nobody knows what became of a
 * payment. Raises `order_not_payable` when no payment is under way.
 */
export const confirmPayment = (ctx: Context, input: OrderOf): Promise<OrderSummary> =>
  inSteps(ctx, input, {
    first: async (ctx) => {
      const order = await lockOwn(ctx, input, 'orders:write')
      const attempt = await payment.wanted(ctx, order.id)
      if (attempt === null) throw orderNotPayable({ status: order.status })
      const begun = { orderId: order.id, attemptId: attempt.id }
      await began(ctx, begun)
      return begun
    },
    ask: async (ctx, { attemptId }) => {
      const attempt = await payment.find(ctx, attemptId)
      const open = attempt.status === 'pending' || attempt.status === 'needs_action'
      return open && attempt.wanted ? payment.lookUp(ctx, attempt) : null
    },
  })
