import { z } from 'zod'
import { defineEvent } from '../../platform/event-contract.ts'
import { Currency, Total } from '../../platform/money.ts'
import { attemptId, refundId } from '../payment/index.ts'
import { cancelReasons, orderId } from './entity.ts'

const order = { orderId: orderId.schema }
const attempt = { ...order, attemptId: attemptId.schema }
const refund = { ...order, refundId: refundId.schema, amount: Total, currency: Currency }

export const OrderPlaced = defineEvent('order.placed', 1, z.object({ ...attempt, total: Total, currency: Currency }))
export const OrderPaymentAuthorised = defineEvent('order.payment_authorised', 1, z.object(attempt))
export const OrderPaymentFailed = defineEvent('order.payment_failed', 1, z.object(attempt))
/** An attempt of an order that no longer wants it may hold money: it has to be let go. */
export const OrderPaymentUnwanted = defineEvent('order.payment_unwanted', 1, z.object(attempt))
export const OrderConfirmed = defineEvent(
  'order.confirmed',
  1,
  z.object({ ...attempt, captured: Total, currency: Currency }),
)
export const OrderFulfilled = defineEvent('order.fulfilled', 1, z.object(order))
export const OrderCancelled = defineEvent('order.cancelled', 1, z.object({ ...order, reason: z.enum(cancelReasons) }))
export const OrderRefundRequested = defineEvent('order.refund_requested', 1, z.object(refund))
export const OrderRefunded = defineEvent('order.refunded', 1, z.object(refund))
export const OrderRefundFailed = defineEvent('order.refund_failed', 1, z.object(refund))

export const orderEvents = [
  OrderPlaced,
  OrderPaymentAuthorised,
  OrderPaymentFailed,
  OrderPaymentUnwanted,
  OrderConfirmed,
  OrderFulfilled,
  OrderCancelled,
  OrderRefundRequested,
  OrderRefunded,
  OrderRefundFailed,
] as const
