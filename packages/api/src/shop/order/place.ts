import type { Context } from '../../platform/context.ts'
import { Fault } from '../../platform/errors.ts'
import { publish } from '../../platform/outbox.ts'
import * as cart from '../cart/index.ts'
import * as inventory from '../inventory/index.ts'
import * as payment from '../payment/index.ts'
import { scopeOf } from './access.ts'
import { deadline } from './deadline.ts'
import { Order, OrderLine } from './entity.ts'
import { cartOrdered } from './errors.ts'
import { OrderPlaced } from './events.ts'
import { moved } from './history.ts'
import { withFreshNumber } from './number.ts'
import { ordersIn } from './queries.ts'
import type { OrderSummary, PlaceOrder } from './schema.ts'
import { authorise, type Begun, inSteps } from './steps.ts'
import { refuseTooManyUnpaid } from './unpaid.ts'

/**
 * Makes an order of a cart at exactly the price its buyer was shown, keeps its stock, and asks for the money. Raises
 * `price_changed` with both sums, `out_of_stock` with the lines, `cart_ordered` when another call was faster, and what is
 * missing from the cart, and `rate_limited` for a buyer with too many unpaid orders. A payment that is declined is no error: the answer says so, and `order.pay` tries again.
 *
 * @example
 * const order = await barrow.order.place.mutate({ cartId, quote, paymentMethod: 'test_accept' })
 * if (order.payment.clientAction) location.href = order.payment.clientAction.url
 */
export const place = (ctx: Context, input: PlaceOrder): Promise<OrderSummary> =>
  withFreshNumber((number) =>
    inSteps(ctx, input, {
      first: (ctx) => write(ctx, input, number),
      ask: async (ctx, begun) => authorise(ctx, begun, (await ctx.em.findOneOrFail(Order, begun.orderId)).number),
    }),
  )

async function write(ctx: Context, input: PlaceOrder, number: string): Promise<Begun> {
  const priced = await lockCart(ctx, input.cartId)
  await cart.verifyQuote(ctx, input.quote, priced)
  await refuseSoldOut(ctx, priced)
  await refuseTooManyUnpaid(ctx, priced)
  const order = ctx.em.create(Order, await sealed(ctx, priced, number))
  priced.lines.forEach((line, position) => {
    const { variantId, productId, sku, title, options, quantity, unitAmount, subtotal, discount, tax, total } = line
    ctx.em.create(OrderLine, {
      ...{ orderId: order.id, position, variantId, productId, sku, title, options, quantity, unitAmount },
      ...{ subtotal, discount, tax, total, restocked: 0 },
    })
  })
  await ctx.em.flush()
  const attempt = await payment.open(ctx, {
    orderId: order.id,
    money: { amount: order.total, currency: order.currency },
    method: input.paymentMethod,
  })
  const { id: orderId, total, currency } = order
  moved(ctx, order, null, 'placed', { attemptId: attempt.id, total, currency })
  await publish(ctx, OrderPlaced, orderId, { orderId, attemptId: attempt.id, total, currency })
  await cart.markOrdered(ctx, priced.cartId, orderId)
  await ctx.em.flush()
  // Last, since everybody who buys the same thing waits for these rows until the commit.
  await inventory.reserve(ctx, {
    orderId,
    lines: priced.lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
    minutes: ctx.config.reservationMinutes,
  })
  return { orderId, attemptId: attempt.id }
}

/** A look without locks: of all who come for the last units, most are refused before they write anything. */
async function refuseSoldOut(ctx: Context, { lines }: cart.PricedCart): Promise<void> {
  const available = await inventory.availability(
    ctx,
    lines.map((line) => line.variantId),
  )
  const short = lines.flatMap(({ variantId, quantity: requested }) => {
    const left = available.get(variantId) ?? 0
    return left === 'unlimited' || left >= requested ? [] : [{ variantId, requested, available: left }]
  })
  if (short.length > 0) throw inventory.outOfStock({ lines: short })
}

/** The cart, locked and priced; of a cart that became an order while this call waited for it, which order that is. */
async function lockCart(ctx: Context, cartId: PlaceOrder['cartId']): Promise<cart.PricedCart> {
  try {
    return await cart.lockForOrder(ctx, cartId)
  } catch (error) {
    if (!(error instanceof Fault) || error.reason !== 'cart_closed') throw error
    const scope = scopeOf(ctx, 'orders:read')
    if (scope === 'none') throw error
    const made = await ordersIn(ctx, scope).select('id').where('cart_id', '=', cartId).executeTakeFirst()
    throw made === undefined ? error : cartOrdered({ orderId: made.id })
  }
}

async function sealed(ctx: Context, priced: cart.PricedCart, number: string) {
  const { cartId, customerId, guest, email, currency, shippingAddress, billingAddress, tax, totals } = priced
  const lineTax = priced.lines.reduce((sum, line) => sum + line.tax, 0)
  return {
    ...{ number, cartId, customerId, guest, email, currency, shippingAddress, billingAddress },
    ...totals,
    status: 'pending_payment' as const,
    shippingTax: totals.tax - lineTax,
    shippingMethod: priced.shippingMethod.name,
    taxIncluded: tax.included,
    taxCountry: tax.countryCode,
    taxRateBasisPoints: tax.rateBasisPoints,
    expiresAt: await deadline(ctx),
  }
}
