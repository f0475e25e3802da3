import { type Discount, priceOrder } from '../price/index.ts'
import { isOffered } from '../shipping/index.ts'
import type { CartRow, LineRow } from './read.ts'
import type { lineProblems } from './schema.ts'

/** Where promotions come in: what they take off a cart, for `priceOrder`. None exist yet. */
const discounts: readonly Discount[] = []

export type Priced = ReturnType<typeof priceCart>

/** What a cart costs. Lines that cannot be bought count nothing; a shipping method that is not offered is none. */
export function priceCart({ lines, ...cart }: CartRow) {
  const shippingMethod = shippingOf(cart)
  const tax = {
    countryCode: cart.taxCountry,
    name: cart.taxName,
    rateBasisPoints: cart.rateBasisPoints ?? 0,
    included: cart.taxIncluded ?? false,
  }
  const priced = priceOrder({
    currency: cart.currency,
    lines: lines.map((line) => ({ ...line, unitAmount: unitAmountOf(line) ?? 0 })),
    discounts,
    shipping: { amount: shippingMethod?.amount ?? 0 },
    tax,
  })
  const { subtotal, discount, shipping, tax: taxTotal, total } = priced
  return {
    ...cart,
    shippingMethod,
    tax,
    lines: lines.map((line, index) => ({
      ...line,
      ...(priced.lines[index] ?? nothing),
      unitAmount: unitAmountOf(line),
      problem: problemOf(line),
    })),
    totals: { subtotal, discount, shipping, tax: taxTotal, total },
  }
}

const nothing = { subtotal: 0, discount: 0, tax: 0, total: 0 }

const unitAmountOf = (line: LineRow): number | null => (line.forSale ? line.amount : null)

function problemOf(line: LineRow): (typeof lineProblems)[number] | null {
  if (!line.forSale) return 'not_for_sale'
  if (line.amount === null) return 'no_price'
  return line.left !== null && line.left < line.quantity ? 'out_of_stock' : null
}

function shippingOf(cart: Omit<CartRow, 'lines'>) {
  const { methodId: id, methodName: name, methodAmount: amount, methodActive: active, methodCountries } = cart
  if (id === null || name === null || amount === null || active === null || methodCountries === null) return null
  return isOffered({ active, countries: methodCountries }, cart.taxCountry) ? { id, name, amount } : null
}
