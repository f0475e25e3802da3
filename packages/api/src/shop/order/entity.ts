import { defineEntity, p } from '@mikro-orm/core'
import { amount, createdAt, currency, id, idRef } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'
import type { PostalAddress } from '../address/index.ts'
import { cartId } from '../cart/entity.ts'
import { type OptionValue, productId, variantId } from '../product/entity.ts'
import { User } from '../user/entity.ts'

export const orderId = idOf('order')
export type OrderId = ReturnType<typeof orderId.new>
export const orderLineId = idOf('orderline')
export type OrderLineId = ReturnType<typeof orderLineId.new>
export const momentId = idOf('moment')
export const noteId = idOf('note')
export type NoteId = ReturnType<typeof noteId.new>

export const orderStatuses = [
  'pending_payment',
  'payment_failed',
  'authorised',
  'confirmed',
  'fulfilled',
  'cancelled',
] as const
export type OrderStatus = (typeof orderStatuses)[number]

/**
 * What an order may become. Its stock is reserved while it is `pending_payment` or `authorised`, given back when it is
 * `payment_failed` or `cancelled`, sold from `confirmed` on. What was handed back is an amount, not a state.
 */
export const orderMoves: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending_payment: ['authorised', 'payment_failed', 'cancelled'],
  payment_failed: ['pending_payment', 'cancelled'],
  authorised: ['confirmed', 'payment_failed', 'cancelled'],
  confirmed: ['fulfilled', 'cancelled'],
  fulfilled: [],
  cancelled: [],
}

export const cancelReasons = ['customer', 'staff', 'expired'] as const
export type CancelReason = (typeof cancelReasons)[number]

const sums = { subtotal: amount(), discount: amount(), tax: amount(), total: amount() }
const NOT_NEGATIVE = 'subtotal >= 0 and discount >= 0 and discount <= subtotal and tax >= 0 and total >= 0'

/** All its sums are sealed when it is placed: what things cost later changes nothing here. One currency for all of it. */
export const OrderSchema = defineEntity({
  name: 'Order',
  properties: {
    id: id(orderId),
    number: p.string().length(11).collation('C').unique('order_number_unique'),
    /** At most one order is made of a cart, whatever number of calls try. */
    cartId: idRef(cartId).unique('order_cart_unique'),
    customerId: () =>
      p
        .manyToOne(User)
        .fieldName('customer_id')
        .mapToPk()
        .nullable()
        .deleteRule('set null')
        .foreignKeyName('order_customer_fk'),
    /** The SHA-256 of the token of the visitor whose cart it was. */
    guest: p.string().length(64).collation('C').nullable(),
    status: p.enum(orderStatuses),
    cancelReason: p.enum(cancelReasons).nullable(),
    currency: currency(),
    ...sums,
    shipping: amount(),
    shippingTax: amount(),
    taxIncluded: p.boolean(),
    taxCountry: p.string().length(2),
    taxRateBasisPoints: p.integer(),
    shippingMethod: p.string().length(200),
    /** Personal, as the addresses are: null once erased. */
    email: p.string().length(254).nullable(),
    shippingAddress: p.json<PostalAddress>().nullable(),
    billingAddress: p.json<PostalAddress>().nullable(),
    carrier: p.string().length(100).nullable(),
    trackingCode: p.string().length(100).nullable(),
    /** When it has to be paid, by the database's clock. */
    expiresAt: p.datetime(3).$type<Date>(),
    createdAt: createdAt(),
  },
  indexes: [
    { properties: ['customerId', 'id'] },
    { properties: ['guest', 'id'] },
    { properties: ['status', 'id'] },
    { properties: ['createdAt'] },
    { name: 'order_email', expression: 'create index order_email on "order" (lower(email))' },
    {
      name: 'order_unpaid',
      expression: `create index order_unpaid on "order" (expires_at) where status in ('pending_payment', 'payment_failed')`,
    },
  ],
  checks: [
    { name: 'order_not_negative', expression: `${NOT_NEGATIVE} and shipping >= 0 and shipping_tax >= 0` },
    {
      name: 'order_total',
      expression:
        'tax_included and total = (subtotal - discount + shipping) or not tax_included and total = (subtotal - discount + shipping + tax)',
    },
    { name: 'order_cancelled', expression: `(status = 'cancelled') = (cancel_reason is not null)` },
  ],
})
export class Order extends OrderSchema.class {
  mayBecome(status: OrderStatus): boolean {
    return orderMoves[this.status].includes(status)
  }

  moveTo(status: OrderStatus): void {
    if (!this.mayBecome(status)) throw new Error(`an order that is ${this.status} cannot become ${status}`)
    this.status = status
  }

  cancel(reason: CancelReason): void {
    this.moveTo('cancelled')
    this.cancelReason = reason
  }
}
OrderSchema.setClass(Order)

/** What was bought, as it was called and what it cost then. The product may change or go. */
export const OrderLineSchema = defineEntity({
  name: 'OrderLine',
  properties: {
    id: id(orderLineId),
    orderId: () =>
      p.manyToOne(Order).fieldName('order_id').mapToPk().deleteRule('restrict').foreignKeyName('order_line_order_fk'),
    position: p.smallint(),
    variantId: idRef(variantId),
    productId: idRef(productId),
    sku: p.string().length(255).nullable(),
    title: p.string().length(1000),
    options: p.json<OptionValue[]>(),
    quantity: p.integer(),
    unitAmount: amount(),
    ...sums,
    /** How many of it came back into stock. */
    restocked: p.integer(),
  },
  uniques: [{ name: 'order_line_position_unique', properties: ['orderId', 'position'] }],
  indexes: [{ properties: ['variantId'] }],
  checks: [
    { name: 'order_line_quantity', expression: 'quantity > 0 and restocked >= 0 and restocked <= quantity' },
    { name: 'order_line_not_negative', expression: `${NOT_NEGATIVE} and unit_amount >= 0` },
    { name: 'order_line_subtotal', expression: 'subtotal = (unit_amount * quantity)' },
  ],
})
export class OrderLine extends OrderLineSchema.class {}
OrderLineSchema.setClass(OrderLine)

export const happenings = [
  'placed',
  'payment_needs_action',
  'payment_authorised',
  'payment_failed',
  'payment_retried',
  'confirmed',
  'fulfilled',
  'cancelled',
  'refund_requested',
  'refunded',
  'refund_failed',
  'restocked',
  'noted',
  'anonymised',
] as const
export type Happening = (typeof happenings)[number]

/** The history of an order: what happened, when, by whom. Ids and numbers, nothing personal. Rows are added, never changed. */
export const OrderMomentSchema = defineEntity({
  name: 'OrderMoment',
  properties: {
    id: id(momentId),
    orderId: () =>
      p.manyToOne(Order).fieldName('order_id').mapToPk().deleteRule('restrict').foreignKeyName('order_moment_order_fk'),
    what: p.enum(happenings),
    /** Who: an id, never a name. */
    actor: p.string().length(255),
    actorKind: p.string().length(16),
    details: p.json<Record<string, string | number>>(),
    at: createdAt(),
  },
  indexes: [{ properties: ['orderId', 'id'] }],
})
export class OrderMoment extends OrderMomentSchema.class {}
OrderMomentSchema.setClass(OrderMoment)

/** What staff write to each other about an order. */
export const OrderNoteSchema = defineEntity({
  name: 'OrderNote',
  properties: {
    id: id(noteId),
    orderId: () =>
      p.manyToOne(Order).fieldName('order_id').mapToPk().deleteRule('restrict').foreignKeyName('order_note_order_fk'),
    text: p.string().length(4000),
    author: p.string().length(255),
    createdAt: createdAt(),
  },
  indexes: [{ properties: ['orderId', 'id'] }],
})
export class OrderNote extends OrderNoteSchema.class {}
OrderNoteSchema.setClass(OrderNote)
