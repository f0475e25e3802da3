import { z } from 'zod'
import { conflict, invalid, notFound } from '../../platform/errors.ts'
import { variantId } from '../product/index.ts'
import { cartLineId, cartStates } from './entity.ts'

export const cartNotFound = notFound('cart_not_found', 'There is no such cart.')
export const lineNotFound = notFound('line_not_found', 'The cart has no such line.')
export const cartClosed = conflict(
  'cart_closed',
  'The cart cannot be changed any more.',
  z.object({ state: z.enum(cartStates) }),
)
export const notForSale = conflict('not_for_sale', 'The variant is not for sale.')
export const noPrice = conflict(
  'no_price',
  'The variant has no price in the currency of the cart.',
  z.object({ currency: z.string() }),
)
export const lineLimit = conflict('line_limit', 'A cart has at most that many lines.', z.object({ max: z.int() }))
export const quantityLimit = conflict(
  'quantity_limit',
  'A line has at most that many.',
  z.object({ max: z.int(), inCart: z.int() }),
)
export const shippingMethodUnavailable = conflict(
  'shipping_method_unavailable',
  'The shipping method is not offered for this currency and country.',
)

export const cartEmpty = conflict('cart_empty', 'There is nothing in the cart.')
export const cartIncomplete = conflict(
  'cart_incomplete',
  'Something is missing before the cart can be ordered.',
  z.object({ missing: z.array(z.enum(['email', 'shippingAddress', 'shippingMethod'])) }),
)
/** Beside what is out of stock, which only reserving it can say. */
export const linesUnavailable = conflict(
  'lines_unavailable',
  'Some lines cannot be bought any more: take them out first.',
  z.object({
    lines: z.array(
      z.object({
        lineId: cartLineId.schema,
        variantId: variantId.schema,
        problem: z.enum(['not_for_sale', 'no_price']),
      }),
    ),
  }),
)

const sum = z.object({ amount: z.int(), currency: z.string() })
export const priceChanged = conflict(
  'price_changed',
  'The cart is not what was shown. Look at it again.',
  z.object({ shown: sum, now: sum }),
)
export const quoteInvalid = invalid('quote_invalid', 'This is not a quote for the cart.')
