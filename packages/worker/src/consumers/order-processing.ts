import * as order from '@barrow/api/order'
import { consumer } from '../consumer.ts'

/** Moves the money of orders: takes it, lets it go, hands it back. The provider is asked before the transaction opens. */
export const orderProcessing = consumer({
  name: 'order-processing',
  events: [order.OrderPaymentAuthorised, order.OrderPaymentUnwanted, order.OrderCancelled, order.OrderRefundRequested],
  before: (ctx, event): Promise<order.Effect> => {
    switch (event.name) {
      case 'order.payment_authorised':
        return order.capture(ctx, event.payload)
      case 'order.payment_unwanted':
      case 'order.cancelled':
        return order.letGo(ctx, event.payload)
      case 'order.refund_requested':
        return order.payBack(ctx, event.payload)
    }
  },
  handle: (ctx, _event, effect) => effect(ctx),
})
