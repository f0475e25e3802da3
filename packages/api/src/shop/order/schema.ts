import { z } from 'zod'
import { Moment } from '../../platform/moment.ts'
import { Amount, Currency, Total } from '../../platform/money.ts'
import { pageInput } from '../../platform/pages.ts'
import { line, text } from '../../platform/text.ts'
import { PostalAddress } from '../address/index.ts'
import { cartId, MAX_LINES } from '../cart/index.ts'
import { attemptStatuses, refundId } from '../payment/index.ts'
import { productId, variantId } from '../product/index.ts'
import { cancelReasons, happenings, noteId, orderId, orderLineId, orderStatuses } from './entity.ts'
import { OrderNumber } from './number.ts'

const OrderStatus = z.enum(orderStatuses)

/** Where the payment of an order stands. */
export const PaymentView = z.object({
  status: z.enum(attemptStatuses),
  /** Why it was declined, in the provider's words. */
  code: z.string().nullable(),
  /** What the buyer has to do in their browser; then `order.confirmPayment` goes on. */
  clientAction: z.object({ url: z.string() }).nullable(),
  captured: Total,
  refunded: Total,
})
export type PaymentView = z.infer<typeof PaymentView>

/** Minor units of `currency`. With tax included, `tax` is a part of `total`; else it came on top. */
const sums = {
  currency: Currency,
  subtotal: Total,
  discount: Total,
  shipping: Total,
  tax: Total,
  taxIncluded: z.boolean(),
  total: Total,
}

/** What a change of an order answers: nothing personal. */
export const OrderSummary = z.object({
  id: orderId.schema,
  number: z.string(),
  status: OrderStatus,
  ...sums,
  payment: PaymentView,
})
export type OrderSummary = z.infer<typeof OrderSummary>

export const OrderLineView = z.object({
  id: orderLineId.schema,
  variantId: variantId.schema,
  productId: productId.schema,
  sku: z.string().nullable(),
  title: z.string(),
  options: z.array(z.object({ name: z.string(), value: z.string() })),
  quantity: z.int(),
  unitAmount: Amount,
  subtotal: Total,
  discount: Total,
  tax: Total,
  total: Total,
  /** How many of it came back into stock. */
  restocked: z.int(),
})
export type OrderLineView = z.infer<typeof OrderLineView>

export const OrderView = z.object({
  ...OrderSummary.shape,
  cancelReason: z.enum(cancelReasons).nullable(),
  email: z.string().nullable(),
  shippingAddress: PostalAddress.nullable(),
  billingAddress: PostalAddress.nullable(),
  shippingMethod: z.string(),
  carrier: z.string().nullable(),
  trackingCode: z.string().nullable(),
  lines: z.array(OrderLineView),
  createdAt: z.date(),
  /** By when an unpaid order has to be paid; null once it is. */
  payUntil: z.date().nullable(),
})
export type OrderView = z.infer<typeof OrderView>

export const OrderRow = z.object({
  id: orderId.schema,
  number: z.string(),
  status: OrderStatus,
  currency: Currency,
  total: Total,
  refunded: Total,
  createdAt: z.date(),
})
export type OrderRow = z.infer<typeof OrderRow>

/** A row of the staff's list. */
export const StaffOrderRow = z.object({ ...OrderRow.shape, email: z.string().nullable() })
export type StaffOrderRow = z.infer<typeof StaffOrderRow>

const paymentMethod = line(255)
const guestToken = z
  .string()
  .regex(/^[\w-]{43}$/, 'is not a token of an order')
  .optional()
  // Where a call has no body.
  .meta({ inHeader: 'Barrow-Order-Token' })
const ref = { orderId: orderId.schema, guestToken }

export const PlaceOrder = z.strictObject({
  cartId: cartId.schema,
  /** What `cart.get` showed: it seals the price. */
  quote: z.string().min(1).max(512),
  /** What the buyer's browser got from the payment provider for their card. */
  paymentMethod,
})
export type PlaceOrder = z.infer<typeof PlaceOrder>

export const PayOrder = z.strictObject({ ...ref, paymentMethod })
export type PayOrder = z.infer<typeof PayOrder>

export const OrderOf = z.strictObject(ref)
export type OrderOf = z.infer<typeof OrderOf>

/** Without a token: what is watched travels in a URL, and URLs end in logs. */
export const WatchOrder = z.strictObject({ orderId: orderId.schema })
export type WatchOrder = z.infer<typeof WatchOrder>

export const FulfilOrder = z.strictObject({
  orderId: orderId.schema,
  carrier: line(100).optional(),
  trackingCode: line(100).optional(),
})
export type FulfilOrder = z.infer<typeof FulfilOrder>

export const RefundOrder = z.strictObject({
  orderId: orderId.schema,
  /** Minor units of the order's currency; everything that is left when left out. */
  amount: Total.min(1).optional(),
  /** What comes back into stock. */
  restock: z
    .array(z.strictObject({ lineId: orderLineId.schema, quantity: z.int().min(1).max(999) }))
    .max(MAX_LINES)
    .default([]),
})
export type RefundOrder = z.infer<typeof RefundOrder>

export const RefundView = z.object({
  id: refundId.schema,
  orderId: orderId.schema,
  amount: Total,
  currency: Currency,
  status: z.enum(['requested', 'refunded', 'refused']),
})
export type RefundView = z.infer<typeof RefundView>

export const AddNote = z.strictObject({ orderId: orderId.schema, text: text(4000) })
export type AddNote = z.infer<typeof AddNote>

export const NoteView = z.object({ id: noteId.schema, text: z.string(), author: z.string(), createdAt: z.date() })
export type NoteView = z.infer<typeof NoteView>

export const MomentView = z.object({
  what: z.enum(happenings),
  /** Who: an id or the name of a program; null for a guest. */
  actor: z.string().nullable(),
  actorKind: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
  at: z.date(),
})
export type MomentView = z.infer<typeof MomentView>

export const ListOrders = z.strictObject({ ...pageInput, status: OrderStatus.optional() })
export type ListOrders = z.infer<typeof ListOrders>

export const ListAllOrders = z.strictObject({
  ...pageInput,
  status: OrderStatus.optional(),
  number: OrderNumber.optional(),
  email: line(254).optional(),
  /** From this moment on. */
  from: Moment.optional(),
  /** Before this moment. */
  until: Moment.optional(),
})
export type ListAllOrders = z.infer<typeof ListAllOrders>

export const ListOfOrder = z.strictObject({ ...pageInput, orderId: orderId.schema })
export type ListOfOrder = z.infer<typeof ListOfOrder>

/** What `order.watch` tells: whenever it changes. */
export const OrderState = z.object({
  id: orderId.schema,
  status: OrderStatus,
  paymentStatus: z.enum(attemptStatuses),
  refunded: Total,
})
export type OrderState = z.infer<typeof OrderState>
