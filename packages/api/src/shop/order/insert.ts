import { sql } from 'kysely'
import { type Given, statement } from '../../platform/statement.ts'
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
export const insertOrder = statement((given: Given<{ order: NewOrder; minutes: number }>) => {
  const of = (name: keyof NewOrder) => given(({ order }) => order[name])
  return sql`
      insert into "order" (id, number, cart_id, customer_id, guest, status, currency, subtotal, discount, tax, total,
        shipping, shipping_tax, tax_included, tax_country, tax_rate_basis_points, shipping_method, email, shipping_address,
        billing_address, expires_at)
      values (${of('id')}, ${of('number')}, ${of('cartId')}, ${of('customerId')}, ${of('guest')}, ${of('status')},
        ${of('currency')}, ${of('subtotal')}, ${of('discount')}, ${of('tax')}, ${of('total')}, ${of('shipping')},
        ${of('shippingTax')}, ${of('taxIncluded')}, ${of('taxCountry')}, ${of('taxRateBasisPoints')},
        ${of('shippingMethod')}, ${of('email')}, ${given(({ order }) => JSON.stringify(order.shippingAddress))}::jsonb,
        ${given(({ order }) => JSON.stringify(order.billingAddress))}::jsonb,
        now() + make_interval(mins => ${given(({ minutes }) => minutes)}))
      returning id`
})

/** The same statement however many lines there are. */
export const insertLines = statement((given: Given<{ orderId: OrderId; lines: PricedCart['lines'] }>) => {
  type Line = PricedCart['lines'][number]
  const column = (name: Exclude<keyof Line, 'options'>) => given(({ lines }) => lines.map((line) => line[name]))
  return sql`
    insert into order_line (id, order_id, position, variant_id, product_id, sku, title, options, quantity, unit_amount,
      subtotal, discount, tax, total, restocked)
    select id, ${given(({ orderId }) => orderId)}, position - 1, variant_id, product_id, sku, title, options, quantity,
      unit_amount, subtotal, discount, tax, total, 0
    from unnest(${given(({ lines }) => lines.map(() => orderLineId.new()))}::text[], ${column('variantId')}::text[],
      ${column('productId')}::text[], ${column('sku')}::text[], ${column('title')}::text[],
      ${given(({ lines }) => lines.map(({ options }) => JSON.stringify(options)))}::jsonb[], ${column('quantity')}::int[],
      ${column('unitAmount')}::bigint[], ${column('subtotal')}::bigint[], ${column('discount')}::bigint[],
      ${column('tax')}::bigint[], ${column('total')}::bigint[])
      with ordinality as line (id, variant_id, product_id, sku, title, options, quantity, unit_amount, subtotal, discount,
        tax, total, position)
    returning id`
})
