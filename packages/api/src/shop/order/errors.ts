import { z } from 'zod'
import { conflict, notFound } from '../../platform/errors.ts'
import { orderId, orderLineId, orderStatuses } from './entity.ts'

export const orderNotFound = notFound('order_not_found', 'There is no such order.')
export const cartOrdered = conflict(
  'cart_ordered',
  'An order was made of this cart already.',
  z.object({ orderId: orderId.schema }),
)

const status = z.object({ status: z.enum(orderStatuses) })
export const orderNotPayable = conflict('order_not_payable', 'This order is not waiting for another payment.', status)
export const orderNotCancellable = conflict('order_not_cancellable', 'This order can no longer be cancelled.', status)
export const orderNotFulfillable = conflict('order_not_fulfillable', 'This order is not ready to be sent.', status)
export const orderLineNotFound = notFound('order_line_not_found', 'The order has no such line.')
export const restockTooLarge = conflict(
  'restock_too_large',
  'No more of a line can come back into stock than was sold.',
  z.object({ lineId: orderLineId.schema, left: z.int().min(0) }),
)
