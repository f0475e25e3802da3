import type { Context } from '../../platform/context.ts'
import type { Id } from '../../platform/ids.ts'
import { refusal } from '../../platform/limits/enforce.ts'
import { bounds, declinePauseSeconds } from '../../platform/limits/table.ts'

/**
 * Lets an order rest whose payment was declined too often in a row: that is how stolen cards are tried out. The caller
 * holds the order's lock. Raises `rate_limited`.
 */
export async function refuseCardTesting(ctx: Context, orderId: Id<'order'>): Promise<void> {
  const [last]: { waitMs: number }[] = await ctx.em.execute(
    `select (extract(epoch from created_at - now()) * 1000)::float8 + ? as "waitMs" from payment_attempt
     where order_id = ? and status = 'declined' and created_at > now() - make_interval(secs => ?)
     order by created_at desc offset ? limit 1`,
    [declinePauseSeconds * 1000, orderId, declinePauseSeconds, ctx.limits.scaled(bounds.declines) - 1],
  )
  if (last !== undefined) throw refusal(ctx, 'declines', last.waitMs, true)
}
