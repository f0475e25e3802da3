import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import type { UserId } from '../user/index.ts'
import { db, lineColumns, orderColumns, ordersIn, withDeadline } from './queries.ts'
import { OrderView } from './schema.ts'
import { paymentOf } from './summary.ts'

/** An order as its buyer may ask to see all that is kept of it: with what staff wrote about it. */
export const KeptOrder = z.object({
  ...OrderView.shape,
  notes: z.array(z.object({ text: z.string(), createdAt: z.date() })),
})
export type KeptOrder = z.infer<typeof KeptOrder>

/** A customer's orders from one on, oldest first. Whoever calls it has checked that they may see them. */
export async function keptOf(
  ctx: Context,
  customerId: UserId,
  { after, limit }: { after: string; limit: number },
): Promise<KeptOrder[]> {
  const orders = await ordersIn(ctx, { customerId, guest: null })
    .select(orderColumns)
    // The ids are text with a prefix of their own type: what stands in a cursor is compared as it is.
    .where('id', '>', after as KeptOrder['id'])
    .orderBy('id')
    .limit(limit)
    .execute()
  if (orders.length === 0) return []
  const ids = orders.map(({ id }) => id)
  const [lines, attempts, notes] = await Promise.all([
    db(ctx)
      .selectFrom('order_line')
      .select([...lineColumns, 'order_id as orderId'])
      .where('order_id', 'in', ids)
      .orderBy('position')
      .execute(),
    db(ctx)
      .selectFrom('payment_attempt')
      .select(['order_id as orderId', 'status', 'wanted', 'amount', 'refunded', 'code'])
      .select('client_action as clientAction')
      .where('order_id', 'in', ids)
      .orderBy('number', 'desc')
      .execute(),
    db(ctx)
      .selectFrom('order_note')
      .select(['order_id as orderId', 'text', 'created_at as createdAt'])
      .where('order_id', 'in', ids)
      .orderBy('id')
      .execute(),
  ])
  const of = <Row extends { orderId: string }>(rows: readonly Row[], id: string) =>
    rows.filter((row) => row.orderId === id)
  return orders.map((order) => ({
    ...withDeadline(order),
    lines: of(lines, order.id),
    payment: paymentOf(of(attempts, order.id)),
    notes: of(notes, order.id),
  }))
}
