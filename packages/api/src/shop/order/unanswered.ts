import type { Context } from '../../platform/context.ts'
import { inTransaction } from '../../platform/transaction.ts'
import type * as payment from '../payment/index.ts'
import type { OrderId } from './entity.ts'
import { capture, letGo, payBack } from './process.ts'
import { BATCH, each } from './sweep.ts'

/**
 * Asks once more for what the provider was asked for an hour ago and has not done: to take money that it promised, to let
 * money go, to hand some back. A bank may take days over a refund; and the event that asked for any of these is given up
 * when nobody has answered for hours, which ends no debt. Asked for until it is done, and done once however often it is
 * asked for. Of several workers each takes different ones.
 */
export async function completeUnanswered(ctx: Context): Promise<number> {
  return (await completeAttempts(ctx)) + (await completeRefunds(ctx))
}

async function completeAttempts(ctx: Context): Promise<number> {
  const open: { attemptId: payment.AttemptId; orderId: OrderId; wanted: boolean }[] = await ctx.em.execute(
    `update payment_attempt attempt set asked_at = now()
     where id in (
       (select id from payment_attempt where status = 'authorised' and asked_at <= now() - interval '1 hour'
        order by asked_at limit ?)
       union all
       (select id from payment_attempt where status in ('pending', 'needs_action') and not wanted
          and asked_at <= now() - interval '1 hour' order by asked_at limit ?)
     ) and asked_at <= now() - interval '1 hour'
     returning id as "attemptId", order_id as "orderId", wanted`,
    [BATCH, BATCH],
  )
  await each(ctx, open, async (ctx, { wanted, ...asked }) => {
    const effect = await (wanted ? capture(ctx, asked) : letGo(ctx, asked))
    await inTransaction(ctx, effect)
  })
  return open.length
}

async function completeRefunds(ctx: Context): Promise<number> {
  const open: { orderId: OrderId; refundId: payment.RefundId }[] = await ctx.em.execute(
    `update refund set asked_at = now() from (
       select id from refund where status = 'requested' and asked_at <= now() - interval '1 hour'
       order by asked_at limit ? for update skip locked
     ) due where refund.id = due.id returning refund.id as "refundId", refund.order_id as "orderId"`,
    [BATCH],
  )
  await each(ctx, open, async (ctx, refund) => {
    const effect = await payBack(ctx, refund)
    await inTransaction(ctx, effect)
  })
  return open.length
}
