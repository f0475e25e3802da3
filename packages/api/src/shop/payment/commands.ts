import { LockMode } from '@mikro-orm/core'
import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import type { Id } from '../../platform/ids.ts'
import type { Money } from '../../platform/money.ts'
import type { PaymentState, RefundState } from '../../platform/ports/payments.ts'
import { type Given, statement } from '../../platform/statement.ts'
import type { Write } from '../../platform/together.ts'
import { type AttemptId, attemptId, PaymentAttempt, Refund, type RefundId } from './entity.ts'
import { nothingToRefund, refundTooLarge } from './errors.ts'
import { type NewAttempt, providerOf } from './provider.ts'

// All of these run inside a transaction that holds the lock of the order: it puts them in a row.

/** The first attempt to pay an order, and how to write it along with the order. */
export function first(
  ctx: Context,
  order: { orderId: Id<'order'>; money: Money; method: string },
): { readonly attempt: NewAttempt; readonly write: Write } {
  const { orderId, money, method } = order
  const attempt = { id: attemptId.new(), ...money, method }
  return { attempt, write: insert.of({ ...attempt, orderId, provider: providerOf(ctx, money).name }) }
}

const insert = statement(
  (given: Given<NewAttempt & { orderId: Id<'order'>; provider: string }>) => sql`
    insert into payment_attempt (id, order_id, number, provider, status, wanted, refunded, amount, currency, method)
    values (${given(({ id }) => id)}, ${given(({ orderId }) => orderId)}, 1, ${given(({ provider }) => provider)},
      'pending', true, 0, ${given(({ amount }) => amount)}, ${given(({ currency }) => currency)},
      ${given(({ method }) => method)})
    returning id`,
)

/** Notes that the provider promises the money of an attempt that waits for its answer. */
export const authorised = (id: AttemptId, reference: string | null): Write => promise.of({ id, reference })

const promise = statement(
  (given: Given<{ id: AttemptId; reference: string | null }>) => sql`
    update payment_attempt set status = 'authorised', reference = ${given(({ reference }) => reference)}
    where id = ${given(({ id }) => id)} and status = 'pending' and wanted returning id`,
)

/** Begins the next attempt to pay an order. The one before it must have been given up. */
export async function open(
  ctx: Context,
  order: { orderId: Id<'order'>; money: Money; method: string },
): Promise<PaymentAttempt> {
  const earlier = await ctx.em.count(PaymentAttempt, { orderId: order.orderId })
  const attempt = ctx.em.create(PaymentAttempt, {
    orderId: order.orderId,
    number: earlier + 1,
    provider: providerOf(ctx, order.money).name,
    status: 'pending',
    wanted: true,
    refunded: 0,
    amount: order.money.amount,
    currency: order.money.currency,
    method: order.method,
  })
  await ctx.em.flush()
  return attempt
}

export const find = (ctx: Context, id: AttemptId): Promise<PaymentAttempt> =>
  ctx.em.findOneOrFail(PaymentAttempt, { id })

export const lock = (ctx: Context, id: AttemptId): Promise<PaymentAttempt> =>
  ctx.em.findOneOrFail(PaymentAttempt, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })

/** The attempt an order counts on, if it has one. */
export const wanted = (ctx: Context, orderId: Id<'order'>): Promise<PaymentAttempt | null> =>
  ctx.em.findOne(PaymentAttempt, { orderId, wanted: true }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })

/** The attempt that took an order's money, if one did. */
export const captured = (ctx: Context, orderId: Id<'order'>): Promise<PaymentAttempt | null> =>
  ctx.em.findOne(
    PaymentAttempt,
    { orderId, status: 'captured' },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { number: 'desc' } },
  )

/**
 * Notes what the provider said of an attempt. Answers whether that was news: the same answer twice, one that says nothing,
 * and one overtaken by a later move change nothing.
 */
export function record(attempt: PaymentAttempt, state: PaymentState): boolean {
  if (state.status === 'unknown' || state.status === 'absent' || !attempt.mayBecome(state.status)) return false
  attempt.status = state.status
  attempt.reference = state.reference ?? attempt.reference ?? null
  attempt.clientAction = state.status === 'needs_action' ? state.clientAction : null
  if (state.status === 'declined') {
    attempt.code = state.code.slice(0, 100)
    attempt.wanted = false
  }
  return true
}

/** Reserves a part of what was captured for going back; all that is left of it without an amount. */
export async function requestRefund(ctx: Context, attempt: PaymentAttempt, amount?: number): Promise<Refund> {
  const refundable = attempt.status === 'captured' ? attempt.amount - attempt.refunded : 0
  if (refundable === 0) throw nothingToRefund()
  const asked = amount ?? refundable
  if (asked > refundable) throw refundTooLarge({ refundable, currency: attempt.currency })
  attempt.refunded += asked
  const refund = ctx.em.create(Refund, {
    orderId: attempt.orderId,
    attemptId: attempt.id,
    amount: asked,
    currency: attempt.currency,
    status: 'requested',
  })
  await ctx.em.flush()
  return refund
}

export const findRefund = (ctx: Context, id: RefundId): Promise<Refund> => ctx.em.findOneOrFail(Refund, { id })

/** Notes what became of a refund; a refused one may be asked for again. Answers whether that was news. */
export function recordRefund(attempt: PaymentAttempt, refund: Refund, state: RefundState): boolean {
  if (state.status === 'pending') refund.reference = state.reference
  if (state.status === 'unknown' || state.status === 'pending' || !refund.mayBecome(state.status)) return false
  refund.status = state.status
  if (state.status === 'refunded') refund.reference = state.reference
  if (state.status === 'refused') {
    refund.code = state.code.slice(0, 100)
    attempt.refunded -= refund.amount
  }
  return true
}

/** Forgets what the buyers of orders paid with: their provider's name for a card of theirs. */
export async function forgetMethods(ctx: Context, orderIds: readonly Id<'order'>[]): Promise<void> {
  await ctx.em.nativeUpdate(PaymentAttempt, { orderId: { $in: [...orderIds] } }, { method: '' })
}
