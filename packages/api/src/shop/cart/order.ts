import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { type Given, type Question, statement } from '../../platform/statement.ts'
import type { Write } from '../../platform/together.ts'
import type { PostalAddress } from '../address/index.ts'
import type { OrderRef } from '../inventory/index.ts'
import type { OptionValue, ProductId, VariantId } from '../product/index.ts'
import type { ShippingMethodId } from '../shipping/index.ts'
import type { UserId } from '../user/index.ts'
import type { CartId } from './entity.ts'
import { cartEmpty, cartIncomplete, linesUnavailable } from './errors.ts'
import { readLocked } from './lock.ts'
import { type Priced, priceCart } from './price.ts'
import { checkQuote } from './quote.ts'
import type { CartTotals } from './schema.ts'

/** A complete cart at its price of now: all that an order is made of. Amounts are minor units of `currency`. */
export interface PricedCart {
  readonly cartId: CartId
  readonly customerId: UserId | null
  readonly guest: string | null
  readonly email: string
  readonly currency: string
  readonly shippingAddress: PostalAddress
  /** The shipping address, where no other was given. */
  readonly billingAddress: PostalAddress
  readonly shippingMethod: { readonly id: ShippingMethodId; readonly name: string; readonly amount: number }
  readonly tax: { readonly countryCode: string; readonly rateBasisPoints: number; readonly included: boolean }
  readonly lines: readonly {
    readonly variantId: VariantId
    readonly productId: ProductId
    readonly sku: string | null
    readonly title: string
    readonly options: OptionValue[]
    readonly quantity: number
    /** How many could be bought when the cart was read, without a lock; null without limit. */
    readonly left: number | null
    readonly unitAmount: number
    readonly subtotal: number
    readonly discount: number
    readonly tax: number
    readonly total: number
  }[]
  readonly totals: CartTotals
}

/**
 * Locks a shopper's own open cart until the transaction ends, and prices it as it is then.
 * Raises `cart_not_found`, `cart_closed`, `cart_empty`, `cart_incomplete` with what is missing, and `lines_unavailable`
 * with what cannot be bought any more. `beside` is asked under the lock, in the same round trip. Whether there is enough in stock only reserving it can say.
 */
export async function lockForOrder<Row>(
  ctx: Context,
  cartId: CartId,
  beside: Question<Row>,
): Promise<{ readonly priced: PricedCart; readonly rows: readonly Row[] }> {
  const [row, rows] = await readLocked(ctx, cartId, beside)
  const cart = priceCart(row)
  if (cart.lines.length === 0) throw cartEmpty()
  const { email, shippingAddress, shippingMethod } = cart
  const missing: ('email' | 'shippingAddress' | 'shippingMethod')[] = []
  if (email === null) missing.push('email')
  if (shippingAddress === null) missing.push('shippingAddress')
  if (shippingMethod === null) missing.push('shippingMethod')
  if (email === null || shippingAddress === null || shippingMethod === null) throw cartIncomplete({ missing })
  const priced = {
    cartId,
    customerId: cart.customerId,
    guest: cart.guest,
    email,
    currency: cart.currency,
    shippingAddress,
    billingAddress: cart.billingAddress ?? shippingAddress,
    shippingMethod,
    tax: { ...cart.tax, countryCode: shippingAddress.countryCode },
    lines: buyable(cart.lines),
    totals: cart.totals,
  }
  return { priced, rows }
}

/** Every line with its price. Raises `lines_unavailable` when one has none. */
function buyable(lines: Priced['lines']): PricedCart['lines'] {
  const gone = lines.filter((line) => line.unitAmount === null)
  if (gone.length > 0) {
    throw linesUnavailable({
      lines: gone.map(({ id, variantId, forSale }) => ({
        lineId: id,
        variantId,
        problem: forSale ? 'no_price' : 'not_for_sale',
      })),
    })
  }
  return lines.flatMap(({ unitAmount, ...line }) => (unitAmount === null ? [] : [{ ...line, unitAmount }]))
}

/**
 * Compares a locked cart with the quote its customer was shown.
 * Raises `quote_invalid`, or `price_changed` with both sums.
 */
export const verifyQuote = async (ctx: Context, quote: string, cart: PricedCart): Promise<void> =>
  checkQuote(ctx, quote, { ...cart, id: cart.cartId })

/** Closes a locked cart: an order is made of it, and has its own copy of what is personal. */
export const ordered = (cartId: CartId, orderId: OrderRef): Write => closing.of({ cartId, orderId })

const closing = statement(
  (given: Given<{ cartId: CartId; orderId: OrderRef }>) => sql`
    update cart set state = 'ordered', order_id = ${given(({ orderId }) => orderId)}, updated_at = now(), email = null,
      shipping_address = null, billing_address = null
    where id = ${given(({ cartId }) => cartId)} and state = 'open' returning id`,
)
