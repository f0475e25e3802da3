import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import type { PaymentAttemptSchema } from '../payment/index.ts'
import { type Scope, scopeFor } from './access.ts'
import type { OrderLineSchema, OrderMomentSchema, OrderNoteSchema, OrderSchema } from './entity.ts'
import { orderNotFound } from './errors.ts'
import type { OrderOf, OrderState, OrderView } from './schema.ts'
import { paymentOf } from './summary.ts'

type Tables = InferKyselyDB<
  | typeof OrderSchema
  | typeof OrderLineSchema
  | typeof OrderMomentSchema
  | typeof OrderNoteSchema
  | typeof PaymentAttemptSchema
>
export const db = (ctx: Context) => ctx.em.getKysely<Tables>()

/** The orders of a scope: whose they are is in the `where`. */
export function ordersIn(ctx: Context, scope: Exclude<Scope, 'none'>) {
  const orders = db(ctx).selectFrom('order')
  if (scope === 'all') return orders
  const { customerId, guest } = scope
  return orders.where((eb) =>
    eb.or([
      ...(customerId === null ? [] : [eb('customer_id', '=', customerId)]),
      ...(guest === null ? [] : [eb('guest', '=', guest).and('customer_id', 'is', null)]),
    ]),
  )
}

const attemptsOf = (ctx: Context, id: OrderOf['orderId']) =>
  db(ctx)
    .selectFrom('payment_attempt')
    .select(['status', 'wanted', 'amount', 'refunded', 'code', 'client_action as clientAction'])
    .where('order_id', '=', id)
    .orderBy('number', 'desc')
    .execute()

export const orderColumns = [
  ...(['id', 'number', 'status', 'cancel_reason as cancelReason', 'currency', 'subtotal', 'discount'] as const),
  ...(['shipping', 'tax', 'tax_included as taxIncluded', 'total', 'email', 'carrier'] as const),
  ...(['shipping_address as shippingAddress', 'billing_address as billingAddress'] as const),
  ...(['shipping_method as shippingMethod', 'tracking_code as trackingCode', 'created_at as createdAt'] as const),
  'expires_at as expiresAt',
] as const
export const lineColumns = [
  ...(['id', 'variant_id as variantId', 'product_id as productId', 'sku', 'title', 'options', 'quantity'] as const),
  ...(['unit_amount as unitAmount', 'subtotal', 'discount', 'tax', 'total', 'restocked'] as const),
] as const

/** One order with its lines: the buyer's own, any for staff, and the one of a guest token. Raises `order_not_found`. */
export async function get(ctx: Context, input: OrderOf): Promise<OrderView> {
  const scope = scopeFor(ctx, input, 'orders:read')
  if (scope === 'none') throw orderNotFound()
  const [order, lines, attempts] = await Promise.all([
    ordersIn(ctx, scope).select(orderColumns).where('id', '=', input.orderId).executeTakeFirst(),
    db(ctx)
      .selectFrom('order_line')
      .select(lineColumns)
      .where('order_id', '=', input.orderId)
      .orderBy('position')
      .execute(),
    attemptsOf(ctx, input.orderId),
  ])
  if (order === undefined) throw orderNotFound()
  return { ...withDeadline(order), lines, payment: paymentOf(attempts) }
}

/** The deadline of a payment is shown as long as there is one to make. */
export function withDeadline<Row extends { status: OrderView['status']; expiresAt: Date | null }>(row: Row) {
  const { expiresAt, ...order } = row
  const unpaid = order.status === 'pending_payment' || order.status === 'payment_failed'
  return { ...order, payUntil: unpaid ? expiresAt : null }
}

/** Where an order stands, for {@link OrderState}. */
export async function stateOf(ctx: Context, input: OrderOf): Promise<OrderState> {
  const scope = scopeFor(ctx, input, 'orders:read')
  if (scope === 'none') throw orderNotFound()
  const order = await ordersIn(ctx, scope)
    .select(['id', 'status'])
    .select(
      sql<OrderState['paymentStatus'] | null>`(
      select a.status from payment_attempt a where a.order_id = "order".id order by a.number desc limit 1
    )`.as('paymentStatus'),
    )
    .select(refunded.as('refunded'))
    .where('id', '=', input.orderId)
    .executeTakeFirst()
  if (order === undefined) throw orderNotFound()
  return { ...order, paymentStatus: order.paymentStatus ?? 'pending' }
}

/** What was handed back of an order or is on its way back, in minor units. */
export const refunded = sql<number>`(
  select coalesce(sum(a.refunded), 0)::bigint from payment_attempt a where a.order_id = "order".id
)`
