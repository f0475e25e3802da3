import { defineEntity, p } from '@mikro-orm/core'
import { createdAt, currency, id } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'
import type { PostalAddress } from '../address/index.ts'
import type { OrderRef } from '../inventory/index.ts'
import { Variant } from '../product/entity.ts'
import { ShippingMethod } from '../shipping/entity.ts'
import { User } from '../user/entity.ts'

export const cartId = idOf('cart')
export type CartId = ReturnType<typeof cartId.new>
export const cartLineId = idOf('line')
export type CartLineId = ReturnType<typeof cartLineId.new>

export const MAX_LINES = 250
export const MAX_QUANTITY = 999

/**
 * `open`: being filled; a shopper has one. `ordered`: an order was made of it. `set_aside`: an older cart that met
 * another at login and holds what did not fit into it.
 */
export const cartStates = ['open', 'ordered', 'set_aside'] as const

/** What a shopper means to buy. It belongs to a customer or to whoever holds a guest token, never to both. */
export const CartSchema = defineEntity({
  name: 'Cart',
  properties: {
    id: id(cartId),
    customerId: () =>
      p
        .manyToOne(User)
        .fieldName('customer_id')
        .mapToPk()
        .nullable()
        .deleteRule('cascade')
        .foreignKeyName('cart_customer_fk'),
    /** The SHA-256 of the token that a visitor holds. */
    guest: p.string().length(64).collation('C').nullable(),
    state: p.enum(cartStates),
    orderId: p.string().$type<OrderRef>().length(64).collation('C').nullable().unique('cart_order_unique'),
    currency: currency(),
    /** Whose tax is shown before there is an address. */
    countryCode: p.string().length(2).collation('C').nullable(),
    email: p.string().length(254).nullable(),
    shippingAddress: p.json<PostalAddress>().nullable(),
    billingAddress: p.json<PostalAddress>().nullable(),
    shippingMethodId: () =>
      p
        .manyToOne(ShippingMethod)
        .fieldName('shipping_method_id')
        .mapToPk()
        .nullable()
        .deleteRule('set null')
        .foreignKeyName('cart_shipping_method_fk'),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  indexes: [
    { properties: ['customerId', 'id'] },
    {
      name: 'cart_customer_open',
      expression: `create unique index cart_customer_open on cart (customer_id) where state = 'open'`,
    },
    {
      name: 'cart_guest_open',
      expression: `create unique index cart_guest_open on cart (guest) where state = 'open'`,
    },
    {
      name: 'cart_guest_untouched',
      expression: `create index cart_guest_untouched on cart (updated_at) where guest is not null and state = 'open'`,
    },
  ],
  checks: [{ name: 'cart_owner', expression: '(customer_id is null) <> (guest is null)' }],
})
export class Cart extends CartSchema.class {}
CartSchema.setClass(Cart)

/** So many of one variant. Its price is not kept here: a cart shows what things cost now. */
export const CartLineSchema = defineEntity({
  name: 'CartLine',
  properties: {
    id: id(cartLineId),
    cartId: () =>
      p.manyToOne(Cart).fieldName('cart_id').mapToPk().deleteRule('cascade').foreignKeyName('cart_line_cart_fk'),
    variantId: () =>
      p
        .manyToOne(Variant)
        .fieldName('variant_id')
        .mapToPk()
        .deleteRule('cascade')
        .foreignKeyName('cart_line_variant_fk'),
    quantity: p.integer(),
  },
  uniques: [{ name: 'cart_line_variant_unique', properties: ['cartId', 'variantId'] }],
  indexes: [{ properties: ['variantId'] }],
  checks: [{ name: 'cart_line_quantity', expression: 'quantity >= 1 and quantity <= 999' }],
})
export class CartLine extends CartLineSchema.class {}
CartLineSchema.setClass(CartLine)
