import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { type CartId, cartId } from './entity.ts'
import { priceChanged, quoteInvalid } from './errors.ts'
import type { CartTotals } from './schema.ts'

/** What a quote seals: the cart, a digest of all that was shown of its price, and the sum, to name it when it changed. */
const Sealed = z.strictObject({ cart: cartId.schema, shown: z.string(), total: z.int(), currency: z.string() })

/** Everything that decides the price of a cart. A line is its variant: one taken out and put back is the same offer. */
interface Offer {
  readonly id: CartId
  readonly currency: string
  readonly tax: { readonly countryCode: string | null; readonly rateBasisPoints: number; readonly included: boolean }
  readonly shippingMethod: { readonly id: string; readonly amount: number } | null
  readonly lines: readonly {
    readonly variantId: string
    readonly quantity: number
    readonly unitAmount: number | null
    readonly discount: number
    readonly tax: number
  }[]
  readonly totals: CartTotals
}

/** The price of a cart as its customer sees it, signed: nobody can name a price that the shop did not show. */
export function seal(ctx: Context, offer: Offer): string {
  const { id, currency, totals } = offer
  const sealed: z.infer<typeof Sealed> = { cart: id, shown: fingerprint(offer), total: totals.total, currency }
  const body = Buffer.from(JSON.stringify(sealed)).toString('base64url')
  // The configuration has one secret at least; the first signs.
  const [signature = ''] = signatures(ctx, body)
  return `${body}.${signature}`
}

/**
 * Compares what the customer was shown with what the cart costs now.
 * Raises `quote_invalid` when the shop never said so of this cart, and `price_changed` with both sums.
 */
export function checkQuote(ctx: Context, quote: string, offer: Offer): void {
  const { cart, shown, total, currency } = open(ctx, quote)
  if (cart !== offer.id) throw quoteInvalid()
  if (shown === fingerprint(offer)) return
  const now = { amount: offer.totals.total, currency: offer.currency }
  throw priceChanged({ shown: { amount: total, currency }, now })
}

function open(ctx: Context, quote: string): z.infer<typeof Sealed> {
  const [body = '', signature = '', ...rest] = quote.split('.')
  const signed = signatures(ctx, body).some((expected) => equal(expected, signature))
  if (!signed || rest.length > 0) throw quoteInvalid()
  return Sealed.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
}

/** By every secret in use, the newest first. The prefix keeps these signatures apart from others under the same secret. */
const signatures = (ctx: Context, body: string): string[] =>
  ctx.config.secrets.map((secret) => createHmac('sha256', secret).update(`cart-quote:${body}`).digest('base64url'))

function equal(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function fingerprint({ currency, tax, shippingMethod, lines, totals }: Offer): string {
  const offer = [
    currency,
    [tax.countryCode, tax.rateBasisPoints, tax.included],
    [shippingMethod?.id ?? null, shippingMethod?.amount ?? null],
    lines.map((line) => [line.variantId, line.quantity, line.unitAmount, line.discount, line.tax]).sort(),
    [totals.subtotal, totals.discount, totals.shipping, totals.tax, totals.total],
  ]
  return hash('sha256', JSON.stringify(offer), 'base64url')
}
