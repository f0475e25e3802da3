import { close, closeWith } from '../../platform/closing.ts'
import type { Context } from '../../platform/context.ts'
import { isUnmet } from '../../platform/demand.ts'
import { Fault } from '../../platform/errors.ts'
import { publish } from '../../platform/outbox.ts'
import { ask, type Question } from '../../platform/statement.ts'
import { oneOf } from '../../platform/together.ts'
import * as cart from '../cart/index.ts'
import * as inventory from '../inventory/index.ts'
import * as payment from '../payment/index.ts'
import { scopeOf } from './access.ts'
import { orderId } from './entity.ts'
import { cartOrdered } from './errors.ts'
import { OrderPlaced } from './events.ts'
import { became, moment } from './history.ts'
import { insertLines, insertOrder, type NewOrder } from './insert.ts'
import { withFreshNumber } from './number.ts'
import { ordersIn } from './queries.ts'
import type { OrderSummary, PlaceOrder } from './schema.ts'
import { type Placed, settleNew } from './settle-new.ts'
import { authorise, inSteps, leave } from './steps.ts'
import { refuseTooManyUnpaid, unpaidBy } from './unpaid.ts'

/**
 * Makes an order of a cart at exactly the price its buyer was shown, keeps its stock, and asks for the money. Raises
 * `price_changed` with both sums, `out_of_stock` with the lines, `cart_ordered` when another call was faster, and what is
 * missing from the cart, and `rate_limited` for a buyer with too many unpaid orders. A payment that is declined is no
 * error: the answer says so, and `order.pay` tries again.
 *
 * @example
 * const order = await barrow.order.place.mutate({ cartId, quote, paymentMethod: 'test_accept' })
 * if (order.payment.clientAction) location.href = order.payment.clientAction.url
 */
export const place = (ctx: Context, input: PlaceOrder): Promise<OrderSummary> =>
  withFreshNumber(async (number) => {
    try {
      return await placeBy(ctx, input, number, writeAtOnce)
    } catch (error) {
      // Too little is left, or these are the last: nothing was written, and it is gone through step by step.
      if (!isUnmet(error)) throw error
      return placeBy(ctx, input, number, writeInTurn)
    }
  })

function placeBy(ctx: Context, input: PlaceOrder, number: string, write: Write): Promise<OrderSummary> {
  let placed: Placed | undefined
  return inSteps(ctx, input, {
    async first(ctx) {
      const { rows, stock, areLast, ...own } = await prepare(ctx, input, number)
      leave(ctx, own.begun)
      await (areLast ? writeInTurn : write)(ctx, { rows, stock })
      placed = own
      return placed.begun
    },
    // What this call has just written it need not read; a repeat that goes on from there does.
    ask: (ctx, begun) => (placed ? payment.authorise(ctx, placed.attempt, number) : authorise(ctx, begun)),
    settleNew: async (ctx, _, state) => (placed ? settleNew(ctx, placed, state) : null),
  })
}

interface Writes {
  readonly rows: Question<unknown>
  readonly stock: inventory.Reserve
}
type Write = (ctx: Context, writes: Writes) => Promise<void>

// The stock is last, since everybody who buys the same thing waits for these rows until the commit.
const writeAtOnce: Write = (ctx, { rows, stock }) => closeWith(ctx, rows, inventory.reserving(stock))

const writeInTurn: Write = async (ctx, { rows, stock }) => {
  await ask(ctx, rows)
  await close(ctx)
  await inventory.reserve(ctx, stock)
}

async function prepare(ctx: Context, input: PlaceOrder, number: string) {
  const { priced, rows: unpaid } = await lockCart(ctx, input.cartId)
  await cart.verifyQuote(ctx, input.quote, priced)
  refuseSoldOut(priced)
  refuseTooManyUnpaid(ctx, unpaid)
  const order = sealed(priced, number)
  const { id: orderId, total, currency } = order
  const { attempt, write } = payment.first(ctx, {
    orderId,
    money: { amount: total, currency },
    method: input.paymentMethod,
  })
  const about = { attemptId: attempt.id, total, currency }
  const rows = oneOf([
    insertOrder.of({ order, minutes: ctx.config.reservationMinutes }),
    insertLines.of({ orderId, lines: priced.lines }),
    write,
    moment(ctx, orderId, 'placed', about),
    cart.ordered(priced.cartId, orderId),
  ])
  became(ctx, order, null, 'placed', about)
  await publish(ctx, OrderPlaced, orderId, { orderId, ...about })
  const lines = priced.lines.map(({ variantId, quantity }) => ({ variantId, quantity }))
  return {
    ...{ begun: { orderId, attemptId: attempt.id }, order, attempt, rows },
    stock: { orderId, lines, minutes: ctx.config.reservationMinutes },
    /** By what the cart saw: that these are the last there are is more to write. */
    areLast: priced.lines.some(({ left, quantity }) => left !== null && left <= quantity),
  }
}

/** By what the cart saw without locks: of all who come for the last units, most are refused before they write anything. */
function refuseSoldOut({ lines }: cart.PricedCart): void {
  const short = lines.flatMap(({ variantId, quantity: requested, left }) =>
    left === null || left >= requested ? [] : [{ variantId, requested, available: Math.max(0, left) }],
  )
  if (short.length > 0) throw inventory.outOfStock({ lines: short })
}

/** The cart, locked and priced, and how many orders its buyer has not paid; of a cart that became an order while this call waited for it, which order that is. */
async function lockCart(ctx: Context, cartId: PlaceOrder['cartId']) {
  try {
    return await cart.lockForOrder(ctx, cartId, unpaidBy(ctx))
  } catch (error) {
    if (!(error instanceof Fault) || error.reason !== 'cart_closed') throw error
    const scope = scopeOf(ctx, 'orders:read')
    if (scope === 'none') throw error
    const made = await ordersIn(ctx, scope).select('id').where('cart_id', '=', cartId).executeTakeFirst()
    throw made === undefined ? error : cartOrdered({ orderId: made.id })
  }
}

/** What an order is sealed at. */
function sealed(priced: cart.PricedCart, number: string): NewOrder {
  const { cartId, customerId, guest, email, currency, shippingAddress, billingAddress, tax, totals } = priced
  const lineTax = priced.lines.reduce((sum, line) => sum + line.tax, 0)
  return {
    ...{ id: orderId.new(), number, cartId, customerId, guest, email, currency, shippingAddress, billingAddress },
    ...totals,
    status: 'pending_payment',
    shippingTax: totals.tax - lineTax,
    shippingMethod: priced.shippingMethod.name,
    taxIncluded: tax.included,
    taxCountry: tax.countryCode,
    taxRateBasisPoints: tax.rateBasisPoints,
  }
}
