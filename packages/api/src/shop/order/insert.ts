import { sql } from 'kysely'
import type { Write } from '../../platform/together.ts'
import type { PricedCart } from '../cart/index.ts'
import { type Order, type OrderId, orderLineId } from './entity.ts'

/** All that an order is written with. */
export type NewOrder = Omit<
  Order,
  | 'cancelReason'
  | 'carrier'
  | 'trackingCode'
  | 'expiresAt'
  | 'createdAt'
  | 'mayBecome'
  | 'moveTo'
  | 'cancel'
  | 'customerId'
  | 'guest'
> &
  Pick<PricedCart, 'customerId' | 'guest'>

/** The database's clock says by when it has to be paid. */
export const insertOrder = (order: NewOrder, minutes: number): Write => sql`
  insert into "order" (id, number, cart_id, customer_id, guest, status, currency, subtotal, discount, tax, total, shipping,
    shipping_tax, tax_included, tax_country, tax_rate_basis_points, shipping_method, email, shipping_address,
    billing_address, expires_at)
  values (${order.id}, ${order.number}, ${order.cartId}, ${order.customerId}, ${order.guest}, ${order.status},
    ${order.currency}, ${order.subtotal}, ${order.discount}, ${order.tax}, ${order.total}, ${order.shipping},
    ${order.shippingTax}, ${order.taxIncluded}, ${order.taxCountry}, ${order.taxRateBasisPoints}, ${order.shippingMethod},
    ${order.email}, ${JSON.stringify(order.shippingAddress)}::jsonb, ${JSON.stringify(order.billingAddress)}::jsonb,
    now() + make_interval(mins => ${minutes}))
  returning id`

/** The same statement however many lines there are. */
export function insertLines(orderId: OrderId, lines: PricedCart['lines']): Write {
  type Line = PricedCart['lines'][number]
  const column = (name: Exclude<keyof Line, 'options'>) => lines.map((line) => line[name])
  return sql`
    insert into order_line (id, order_id, position, variant_id, product_id, sku, title, options, quantity, unit_amount,
      subtotal, discount, tax, total, restocked)
    select id, ${orderId}, position - 1, variant_id, product_id, sku, title, options, quantity, unit_amount, subtotal,
      discount, tax, total, 0
    from unnest(${lines.map(() => orderLineId.new())}::text[], ${column('variantId')}::text[],
      ${column('productId')}::text[], ${column('sku')}::text[], ${column('title')}::text[],
      ${lines.map(({ options }) => JSON.stringify(options))}::jsonb[], ${column('quantity')}::int[],
      ${column('unitAmount')}::bigint[], ${column('subtotal')}::bigint[], ${column('discount')}::bigint[],
      ${column('tax')}::bigint[], ${column('total')}::bigint[])
      with ordinality as line (id, variant_id, product_id, sku, title, options, quantity, unit_amount, subtotal, discount,
        tax, total, position)
    returning id`
}
