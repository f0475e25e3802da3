import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { refusal } from '../../platform/limits/enforce.ts'
import { bounds } from '../../platform/limits/table.ts'
import { type Question, statements } from '../../platform/statement.ts'

interface Unpaid {
  readonly count: number
  readonly waitMs: number
}

type Buyer = readonly [column: 'guest' | 'customer_id', buyer: string | null]

const unpaidOf = statements(
  ([column]: Buyer) => column,
  (given, [column]) => sql<Unpaid>`
    select count(*)::int as count, coalesce(extract(epoch from min(expires_at) - now()) * 1000, 0)::float8 as "waitMs"
    from "order" where ${sql.ref(column)} = ${given(([, buyer]) => buyer)} and status = 'pending_payment'`,
)

/** How many orders of the buyer who calls wait to be paid. */
export const unpaidBy = ({ actor }: Context): Question<Unpaid> =>
  unpaidOf.of(
    actor.kind === 'guest' ? ['guest', actor.guest] : ['customer_id', 'userId' in actor ? actor.userId : null],
  )

/**
 * Orders that are not paid hold stock that others would buy: one buyer has only so many at a time. Nobody is faster than
 * the count: a buyer has one open cart, and the next is made when the order of the last one is. Raises `rate_limited`
 * until the oldest is paid or given up.
 */
export function refuseTooManyUnpaid(ctx: Context, [unpaid]: readonly Unpaid[]): void {
  if (unpaid !== undefined && unpaid.count >= ctx.limits.scaled(bounds.unpaidOrders))
    throw refusal(ctx, 'unpaid-orders', unpaid.waitMs, true)
}
