import { LockMode } from '@mikro-orm/core'
import type { Context } from '../../platform/context.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as payment from '../payment/index.ts'
import { callOff } from './cancel.ts'
import { Order, type OrderId } from './entity.ts'
import { settle } from './outcome.ts'

/** How much one run takes on; what is left waits for the next. */
export const BATCH = 100
/** How many of them at once. */
const LANES = 4

/**
 * Finishes payments that nobody finished: the request died between its two transactions, the provider did not answer, or
 * the buyer did what was asked of them and never came back. Of several workers each takes different ones.
 */
export async function completePayments(ctx: Context): Promise<number> {
  const open: { id: payment.AttemptId; orderId: OrderId; number: string }[] = await ctx.em.execute(
    `update payment_attempt attempt set asked_at = now() from (
       select a.id, o.number from payment_attempt a join "order" o on o.id = a.order_id
       where a.status in ('pending', 'needs_action') and a.wanted and o.status = 'pending_payment'
         and a.asked_at <= now() - make_interval(secs => ?)
       order by a.asked_at limit ? for update of a skip locked
     ) due where attempt.id = due.id
     returning attempt.id, attempt.order_id as "orderId", due.number`,
    [ctx.config.paymentGraceSeconds, BATCH],
  )
  await each(ctx, open, async (ctx, { id, orderId, number }) => {
    const attempt = await payment.find(ctx, id)
    const known = await payment.lookUp(ctx, attempt)
    // The buyer asked for the order and it never reached the provider: it does now, and at most once.
    const state = known.status === 'absent' ? await payment.authorise(ctx, attempt, number) : known
    await inTransaction(ctx, (ctx) => settle(ctx, { orderId, attemptId: id, state }))
  })
  return open.length
}

/** How many batches of late orders one turn takes on: one that cannot be called off keeps no later ones waiting. */
const ROUNDS = 10

/** Cancels what was not paid in time, by the database's clock: its stock comes back, its payment is let go. */
export async function expireUnpaid(ctx: Context): Promise<number> {
  let count = 0
  let last = { id: '', at: '-infinity' }
  for (let round = 0; round < ROUNDS; round += 1) {
    const due: { id: OrderId; at: string }[] = await ctx.em.execute(
      `select id, expires_at::text as at from "order"
       where status in ('pending_payment', 'payment_failed') and expires_at <= now()
         and (expires_at, id) > (?::timestamptz, ?)
       order by expires_at, id limit ?`,
      [last.at, last.id, BATCH],
    )
    await cancelLate(ctx, due)
    count += due.length
    if (due.length < BATCH) break
    last = due.at(-1) ?? last
  }
  return count
}

async function cancelLate(ctx: Context, due: readonly { id: OrderId }[]): Promise<void> {
  await each(ctx, due, async (ctx, { id }) => {
    const expired = await inTransaction(ctx, async (ctx) => {
      const order = await ctx.em.findOneOrFail(Order, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      // It may have been paid, or tried again, since it was found.
      const late: unknown[] = await ctx.em.execute('select id from "order" where id = ? and expires_at <= now()', [id])
      const unpaid = order.status === 'pending_payment' || order.status === 'payment_failed'
      if (late.length === 0 || !unpaid) return false
      await callOff(ctx, order, 'expired')
      return true
    })
    if (expired) ctx.metrics.reservationsExpired.inc()
  })
}

/** Does something with each, a few at once, in a unit of work of its own: one that fails keeps no other waiting. */
export async function each<T extends object>(
  ctx: Context,
  items: readonly T[],
  work: (ctx: Context, item: T) => Promise<unknown>,
): Promise<void> {
  const queue = [...items]
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work({ ...ctx, em: ctx.orm.em.fork() }, item).catch((error: unknown) =>
        ctx.log.error({ err: error, item }, `${ctx.action} failed for one`),
      )
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}
