import { allocate, part } from '../../platform/money.ts'

/** The whole of a rate in basis points: 10,000 are 100 %. */
export const WHOLE = 10_000

/**
 * Money off. Where promotions hand in what they decided: on one line (its place in `lines`, from 0), or on the order when
 * `line` is left out, which is divided over all lines.
 */
export interface Discount {
  readonly code: string
  /** Minor units, 0 or more. What goes beyond the lines it is on is not given. */
  readonly amount: number
  readonly line?: number
}

/** A tax as the country of delivery has it. `included`: prices hold it already; else it comes on top. */
export interface Tax {
  readonly rateBasisPoints: number
  readonly included: boolean
}

export interface PriceOrder<C extends string = string> {
  readonly currency: C
  readonly lines: readonly { readonly unitAmount: number; readonly quantity: number; readonly taxable?: boolean }[]
  readonly discounts: readonly Discount[]
  readonly shipping: { readonly amount: number }
  readonly tax: Tax
}

/** One line, in minor units: `total = subtotal − discount`, plus `tax` where tax is not included in prices. */
export interface PricedLine {
  readonly subtotal: number
  readonly discount: number
  readonly tax: number
  readonly total: number
}

/**
 * What an order costs, in minor units of one currency.
 *
 * Tax added: `total = subtotal − discount + shipping + tax`. Tax included: `total = subtotal − discount + shipping`, and
 * `tax` says how much of it is tax. Either way `total` is the sum of the lines' totals and `shippingTotal`, and `tax` the
 * sum of the lines' taxes and `shippingTax`.
 */
export interface PricedOrder<C extends string = string> {
  readonly currency: C
  readonly lines: readonly PricedLine[]
  /** Each discount with what it gave. */
  readonly discounts: readonly Discount[]
  readonly subtotal: number
  readonly discount: number
  readonly shipping: number
  readonly shippingTax: number
  readonly shippingTotal: number
  readonly tax: number
  readonly taxIncluded: boolean
  readonly total: number
}

/**
 * Prices an order. Tax is computed on each line after its discounts and on shipping, each rounded half up once, so that
 * what is shown adds up to what is charged and giving back every line leaves nothing.
 */
export function priceOrder<C extends string>(order: PriceOrder<C>): PricedOrder<C> {
  const subtotals = order.lines.map((line) => line.unitAmount * line.quantity)
  const { discounts, perLine } = discount(subtotals, order.discounts)
  const lines = order.lines.map((line, index): PricedLine => {
    const subtotal = subtotals[index] ?? 0
    const off = perLine[index] ?? 0
    const taxed = withTax(subtotal - off, line.taxable === false ? untaxed : order.tax)
    return { subtotal, discount: off, ...taxed }
  })
  const shipping = withTax(order.shipping.amount, order.tax)
  return {
    currency: order.currency,
    lines,
    discounts,
    subtotal: sum(subtotals),
    discount: sum(perLine),
    shipping: order.shipping.amount,
    shippingTax: shipping.tax,
    shippingTotal: shipping.total,
    tax: sum(lines.map((line) => line.tax)) + shipping.tax,
    taxIncluded: order.tax.included,
    total: sum(lines.map((line) => line.total)) + shipping.total,
  }
}

const untaxed: Tax = { rateBasisPoints: 0, included: true }

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0)

/** The tax in an amount or on it, and what is to pay for it. */
function withTax(amount: number, { rateBasisPoints, included }: Tax): { tax: number; total: number } {
  if (included) return { tax: part(amount, rateBasisPoints, WHOLE + rateBasisPoints), total: amount }
  const tax = part(amount, rateBasisPoints, WHOLE)
  return { tax, total: amount + tax }
}

/**
 * Takes the discounts off one after the other, in their order; each is at most what is left of its lines, so nothing
 * becomes negative. One on the order is divided by what is left of each line, to the unit.
 */
function discount(subtotals: readonly number[], discounts: readonly Discount[]) {
  const left = [...subtotals]
  const given = discounts.map((entry): Discount => {
    const weights = left.map((amount, index) => (entry.line === undefined || entry.line === index ? amount : 0))
    const amount = Math.min(entry.amount, sum(weights))
    allocate(amount, weights).forEach((share, index) => {
      left[index] = (left[index] ?? 0) - share
    })
    return { ...entry, amount }
  })
  return { discounts: given, perLine: subtotals.map((subtotal, index) => subtotal - (left[index] ?? 0)) }
}
