import type { Context } from '../../platform/context.ts'
import { refusal } from '../../platform/limits/enforce.ts'
import { bounds } from '../../platform/limits/table.ts'
import type { PricedCart } from '../cart/index.ts'

/**
 * Orders that are not paid hold stock that others would buy: one buyer has only so many at a time. Nobody is faster than
 * the count: a buyer has one open cart, and the next is made when the order of the last one is. Raises `rate_limited`
 * until the oldest is paid or given up.
 */
export async function refuseTooManyUnpaid(ctx: Context, { customerId, guest }: PricedCart): Promise<void> {
  const [column, buyer] = customerId === null ? ['guest', guest] : ['customer_id', customerId]
  const [unpaid]: { count: number; waitMs: number }[] = await ctx.em.execute(
    `select count(*)::int as count, coalesce(extract(epoch from min(expires_at) - now()) * 1000, 0)::float8 as "waitMs"
     from "order" where ${column} = ? and status = 'pending_payment'`,
    [buyer],
  )
  if (unpaid !== undefined && unpaid.count >= ctx.limits.scaled(bounds.unpaidOrders))
    throw refusal(ctx, 'unpaid-orders', unpaid.waitMs, true)
}
