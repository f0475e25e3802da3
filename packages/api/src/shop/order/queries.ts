import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { type RawBuilder, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Context } from '../../platform/context.ts'
import { type Given, over, statements } from '../../platform/statement.ts'
import type { PaymentAttemptSchema } from '../payment/index.ts'
import { type Scope, scopeFor } from './access.ts'
import type { OrderId, OrderLineSchema, OrderMomentSchema, OrderNoteSchema, OrderSchema } from './entity.ts'
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
/** For statements that are built once. */
const orders = over<Tables>()

/** A statement has one form for each kind of scope. */
const formOf = (scope: Exclude<Scope, 'none'>): string =>
  scope === 'all' ? scope : `${scope.customerId === null} ${scope.guest === null}`

/** The orders of a scope: whose they are is in the `where`. */
function within<Values>(
  given: Given<Values>,
  scope: Exclude<Scope, 'none'>,
  read: (values: Values) => Exclude<Scope, 'none'>,
): RawBuilder<boolean> {
  if (scope === 'all') return sql`true`
  const part = (name: 'customerId' | 'guest') =>
    given((values) => {
      const scope = read(values)
      return scope === 'all' ? null : scope[name]
    })
  const own = scope.customerId === null ? sql`false` : sql`"order".customer_id = ${part('customerId')}`
  if (scope.guest === null) return sql`${own}`
  return sql`(${own} or "order".guest = ${part('guest')} and "order".customer_id is null)`
}

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

export const orderColumns = [
  ...(['id', 'number', 'status', 'cancel_reason as cancelReason', 'currency', 'subtotal', 'discount'] as const),
  ...(['shipping', 'tax', 'tax_included as taxIncluded', 'total', 'email', 'carrier'] as const),
  ...(['shipping_address as shippingAddress', 'billing_address as billingAddress'] as const),
  ...(['shipping_method as shippingMethod', 'tracking_code as trackingCode', 'created_at as createdAt'] as const),
  'expires_at as expiresAt',
] as const
export const lineColumns = [
  ...(['order_line.id', 'variant_id as variantId', 'product_id as productId', 'sku', 'title'] as const),
  ...(['options', 'quantity', 'unit_amount as unitAmount', 'order_line.subtotal', 'order_line.discount'] as const),
  ...(['order_line.tax', 'order_line.total', 'restocked'] as const),
] as const

const orderOf = statements(
  ({ scope }: { orderId: OrderId; scope: Exclude<Scope, 'none'> }) => formOf(scope),
  (given, { scope }) =>
    orders
      .selectFrom('order')
      .select(orderColumns)
      .select((eb) => [
        jsonArrayFrom(
          eb
            .selectFrom('order_line')
            .select(lineColumns)
            .whereRef('order_line.order_id', '=', 'order.id')
            .orderBy('order_line.position'),
        ).as('lines'),
        jsonArrayFrom(
          eb
            .selectFrom('payment_attempt')
            .select(['payment_attempt.status', 'wanted', 'amount', 'refunded', 'code', 'client_action as clientAction'])
            .whereRef('payment_attempt.order_id', '=', 'order.id')
            .orderBy('payment_attempt.number', 'desc'),
        ).as('attempts'),
      ])
      .where(
        'order.id',
        '=',
        given(({ orderId }) => orderId),
      )
      .where(within(given, scope, (values) => values.scope)),
  { quick: true },
)

/** One order with its lines: the buyer's own, any for staff, and the one of a guest token. Raises `order_not_found`. */
export async function get(ctx: Context, input: OrderOf): Promise<OrderView> {
  const scope = scopeFor(ctx, input, 'orders:read')
  if (scope === 'none') throw orderNotFound()
  const [order] = await orderOf(ctx, { orderId: input.orderId, scope })
  if (order === undefined) throw orderNotFound()
  const { attempts, ...shown } = withDeadline(order)
  return { ...shown, payment: paymentOf(attempts) }
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
