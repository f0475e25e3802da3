import { LockMode } from '@mikro-orm/core'
import type { Context } from '../../platform/context.ts'
import { unavailable } from '../../platform/errors.ts'
import { publish } from '../../platform/outbox.ts'
import * as payment from '../payment/index.ts'
import { Order, type OrderId } from './entity.ts'
import { OrderRefunded, OrderRefundFailed } from './events.ts'
import { happened } from './history.ts'
import { type Outcome, settle } from './outcome.ts'

/** What is left to write once the provider has answered: the consumer runs it in its own transaction, once. */
export type Effect = (ctx: Context) => Promise<unknown>

const nothing: Effect = async () => {}

/** The provider gave no answer to build on: the worker tries again later. */
export const noAnswer = unavailable('payment_no_answer', 'The payment provider has not answered.')

/** Takes the money of an order, whose stock is then sold and which is confirmed. */
export async function capture(
  ctx: Context,
  { orderId, attemptId }: { orderId: OrderId; attemptId: payment.AttemptId },
): Promise<Effect> {
  const attempt = await payment.find(ctx, attemptId)
  if (attempt.status !== 'authorised' || !attempt.wanted) return nothing
  const state = await payment.capture(ctx, attempt, attempt.reference ?? '')
  if (state.status === 'unknown' || state.status === 'authorised' || state.status === 'absent') throw noAnswer()
  return (ctx) => settle(ctx, { orderId, attemptId, state })
}

/** Lets go of everything that attempts which an order has given up still hold; what was captured meanwhile goes back. */
export async function letGo(ctx: Context, { orderId }: { orderId: OrderId }): Promise<Effect> {
  const given = await ctx.em.find(payment.PaymentAttempt, { orderId, wanted: false })
  const outcomes: Outcome[] = []
  for (const attempt of given.filter((attempt) => !attempt.isSettled())) {
    const state = await payment.letGo(ctx, attempt)
    if (state.status !== 'voided' && state.status !== 'captured' && state.status !== 'declined') throw noAnswer()
    outcomes.push({ orderId, attemptId: attempt.id, state })
  }
  return async (ctx) => {
    for (const outcome of outcomes) await settle(ctx, outcome)
  }
}

/**
 * Hands money back, as a refund asks for; asked again, brings in where the refund stands now. One that the provider has
 * taken on and not carried out yet is asked about later: see `completeUnanswered`.
 */
export async function payBack(
  ctx: Context,
  { orderId, refundId }: { orderId: OrderId; refundId: payment.RefundId },
): Promise<Effect> {
  const asked = await payment.findRefund(ctx, refundId)
  const state = await payment.payBack(ctx, await payment.find(ctx, asked.attemptId), asked)
  if (state.status === 'unknown') throw noAnswer()
  return async (ctx) => {
    const order = await ctx.em.findOneOrFail(Order, { id: orderId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
    const attempt = await payment.lock(ctx, asked.attemptId)
    const refund = await payment.findRefund(ctx, refundId)
    if (!payment.recordRefund(attempt, refund, state)) return
    const { amount, currency } = refund
    const done = state.status === 'refunded'
    happened(ctx, order, done ? 'refunded' : 'refund_failed', { refundId, amount })
    await publish(ctx, done ? OrderRefunded : OrderRefundFailed, orderId, { orderId, refundId, amount, currency })
  }
}
