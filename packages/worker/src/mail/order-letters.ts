import type { OrderView } from '@barrow/api/order'
import { formatAmount } from '@barrow/api/work'
import { type Block, type Letter, link, paragraph, rows } from './letter.ts'

/** An order, and where its buyer reads it. */
export interface OrderMail {
  readonly order: OrderView
  readonly url: URL
}

export const orderConfirmed = ({ order, url }: OrderMail): Letter => ({
  subject: `Your order ${order.number} is confirmed`,
  blocks: [
    paragraph(greeting(order)),
    paragraph(`Thank you. Your order ${order.number} is paid, and we are getting it ready.`),
    ...contents(order),
    link('See your order', url),
  ],
})

export const orderShipped = ({ order, url }: OrderMail): Letter => ({
  subject: `Your order ${order.number} is on its way`,
  blocks: [
    paragraph(greeting(order)),
    paragraph(`Your order ${order.number} has been sent.`),
    rows([
      ...(order.carrier ? [['Carrier', order.carrier] as const] : []),
      ...(order.trackingCode ? [['Tracking code', order.trackingCode] as const] : []),
    ]),
    link('See your order', url),
  ],
})

export const orderCancelled = ({ order, url }: OrderMail): Letter => ({
  subject: `Your order ${order.number} is cancelled`,
  blocks: [
    paragraph(greeting(order)),
    paragraph(
      order.cancelReason === 'expired'
        ? `Your order ${order.number} was not paid in time, so we have cancelled it.`
        : `Your order ${order.number} is cancelled.`,
    ),
    ...(order.payment.captured > 0 ? [paragraph('What you paid is on its way back to you.')] : []),
    link('See your order', url),
  ],
})

export const paymentFailed = ({ order, url }: OrderMail): Letter => ({
  subject: `The payment of your order ${order.number} did not go through`,
  blocks: [
    paragraph(greeting(order)),
    paragraph(`The payment of your order ${order.number} did not go through. You can try again for a while.`),
    link('Try again', url),
  ],
})

export const orderRefunded = ({ order, url }: OrderMail, amount: number): Letter => ({
  subject: `A refund for your order ${order.number}`,
  blocks: [
    paragraph(greeting(order)),
    paragraph(
      `We have sent ${formatAmount(amount, order.currency)} of your order ${order.number} back to you. Your bank may take a few days to show it.`,
    ),
    link('See your order', url),
  ],
})

const greeting = ({ shippingAddress }: OrderView): string =>
  shippingAddress === null ? 'Hello,' : `Hello ${shippingAddress.name},`

function contents(order: OrderView): Block[] {
  const money = (amount: number) => formatAmount(amount, order.currency)
  const lines = order.lines.map(({ quantity, title, options, subtotal }) => {
    const choice = options.map(({ value }) => value).join(' / ')
    return [`${quantity} × ${title}${choice === '' ? '' : ` (${choice})`}`, money(subtotal)] as const
  })
  return [
    rows(lines),
    rows([
      ['Subtotal', money(order.subtotal)],
      ...(order.discount > 0 ? [['Discount', `−${money(order.discount)}`] as const] : []),
      ['Shipping', money(order.shipping)],
      [order.taxIncluded ? 'Tax, included' : 'Tax', money(order.tax)],
      ['Total', money(order.total)],
    ]),
  ]
}
