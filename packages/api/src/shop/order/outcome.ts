import { LockMode } from '@mikro-orm/core'
import type { Context } from '../../platform/context.ts'
import { publish } from '../../platform/outbox.ts'
import type { PaymentState } from '../../platform/ports/payments.ts'
import * as inventory from '../inventory/index.ts'
import * as payment from '../payment/index.ts'
import { Order, type OrderId } from './entity.ts'
import {
  OrderConfirmed,
  OrderPaymentAuthorised,
  OrderPaymentFailed,
  OrderPaymentUnwanted,
  OrderRefundRequested,
} from './events.ts'
import { happened, moved } from './history.ts'

export interface Outcome {
  readonly orderId: OrderId
  readonly attemptId: payment.AttemptId
  readonly state: PaymentState
}

/**
 * Brings what the provider said of an attempt into the order, in a transaction. Whoever asked (a request, the worker, the
 * completer), and however often: the first to bring news moves the order, the others change nothing.
 */
export async function settle(ctx: Context, { orderId, attemptId, state }: Outcome): Promise<Order> {
  const order = await ctx.em.findOneOrFail(
    Order,
    { id: orderId },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
  )
  const attempt = await payment.lock(ctx, attemptId)
  const counted = attempt.wanted
  if (!payment.record(attempt, state)) return order
  if (counted) await movePaid(ctx, order, attempt)
  else await handBack(ctx, order, attempt)
  return order
}

async function movePaid(ctx: Context, order: Order, attempt: payment.PaymentAttempt): Promise<void> {
  switch (attempt.status) {
    case 'needs_action':
      return happened(ctx, order, 'payment_needs_action', { attemptId: attempt.id })
    case 'authorised':
      return authorised(ctx, order, attempt)
    case 'captured':
      // A provider may capture by itself, before it was asked to.
      if (order.status === 'pending_payment') await authorised(ctx, order, attempt)
      return confirmed(ctx, order, attempt)
    case 'declined':
    case 'voided':
      return failed(ctx, order, attempt)
    case 'pending':
      return
  }
}

async function authorised(ctx: Context, order: Order, attempt: payment.PaymentAttempt): Promise<void> {
  const before = order.status
  order.moveTo('authorised')
  moved(ctx, order, before, 'payment_authorised', { attemptId: attempt.id })
  await publish(ctx, OrderPaymentAuthorised, order.id, { orderId: order.id, attemptId: attempt.id })
}

async function confirmed(ctx: Context, order: Order, attempt: payment.PaymentAttempt): Promise<void> {
  const before = order.status
  order.moveTo('confirmed')
  moved(ctx, order, before, 'confirmed', { attemptId: attempt.id, captured: attempt.amount })
  const { id: orderId, currency } = order
  await publish(ctx, OrderConfirmed, orderId, { orderId, attemptId: attempt.id, captured: attempt.amount, currency })
  // Stock comes last wherever it changes: everybody who buys the same thing waits for its rows until the commit.
  await ctx.em.flush()
  await inventory.sell(ctx, orderId)
}

async function failed(ctx: Context, order: Order, attempt: payment.PaymentAttempt): Promise<void> {
  attempt.wanted = false
  const before = order.status
  order.moveTo('payment_failed')
  moved(ctx, order, before, 'payment_failed', { attemptId: attempt.id, ...(attempt.code && { code: attempt.code }) })
  await publish(ctx, OrderPaymentFailed, order.id, { orderId: order.id, attemptId: attempt.id })
  await ctx.em.flush()
  await inventory.release(ctx, order.id)
}

/** The order has given the attempt up, and it took money after all. */
async function handBack(ctx: Context, order: Order, attempt: payment.PaymentAttempt): Promise<void> {
  if (attempt.status === 'captured') return refundAll(ctx, order, attempt)
  if (attempt.status !== 'authorised' && attempt.status !== 'needs_action') return
  await publish(ctx, OrderPaymentUnwanted, order.id, { orderId: order.id, attemptId: attempt.id })
}

/** Asks for everything back that is still there. */
export async function refundAll(ctx: Context, order: Order, attempt: payment.PaymentAttempt): Promise<void> {
  if (attempt.amount === attempt.refunded) return
  await requestRefund(ctx, order, attempt)
}

export async function requestRefund(
  ctx: Context,
  order: Order,
  attempt: payment.PaymentAttempt,
  amount?: number,
): Promise<payment.Refund> {
  const refund = await payment.requestRefund(ctx, attempt, amount)
  happened(ctx, order, 'refund_requested', { refundId: refund.id, amount: refund.amount })
  await publish(ctx, OrderRefundRequested, order.id, {
    orderId: order.id,
    refundId: refund.id,
    amount: refund.amount,
    currency: refund.currency,
  })
  return refund
}
