import { z } from 'zod'
import { Amount, Currency, Total } from '../../platform/money.ts'
import { pageInput } from '../../platform/pages.ts'
import { CountryCode, PostalAddress } from '../address/index.ts'
import { orderRef } from '../inventory/index.ts'
import { productId, variantId } from '../product/index.ts'
import { shippingMethodId } from '../shipping/index.ts'
import { Email, userId } from '../user/index.ts'
import { cartId, cartLineId, cartStates, MAX_QUANTITY } from './entity.ts'

/** Why a line cannot be ordered as it is. */
export const lineProblems = ['not_for_sale', 'no_price', 'out_of_stock'] as const

export const CartLineView = z.object({
  id: cartLineId.schema,
  variantId: variantId.schema,
  productId: productId.schema,
  slug: z.string(),
  title: z.string(),
  /** The option values, `Medium / Red`; empty for a product without options. */
  variantTitle: z.string(),
  options: z.array(z.object({ name: z.string(), value: z.string() })),
  sku: z.string().nullable(),
  imageUrl: z.string().nullable(),
  quantity: z.int(),
  /** What one costs now, in minor units; null when it cannot be bought. */
  unitAmount: Amount.nullable(),
  /** Before discounts. */
  lineTotal: Total,
  discount: Total,
  /** Whether so many can be ordered now; if not, `problem` says why. */
  available: z.boolean(),
  problem: z.enum(lineProblems).nullable(),
})
export type CartLineView = z.infer<typeof CartLineView>

/** Minor units. `total = subtotal − discount + shipping`, and `+ tax` where tax is not included in prices. */
export const CartTotals = z.object({ subtotal: Total, discount: Total, shipping: Total, tax: Total, total: Total })
export type CartTotals = z.infer<typeof CartTotals>

const contents = {
  id: cartId.schema,
  state: z.enum(cartStates),
  orderId: orderRef.schema.nullable(),
  currency: z.string(),
  /** Whose tax is shown as long as there is no shipping address. */
  countryCode: z.string().nullable(),
  /** A signed-in customer's own until another is given. */
  email: z.string().nullable(),
  shippingAddress: PostalAddress.nullable(),
  /** Null: the same as the shipping address. */
  billingAddress: PostalAddress.nullable(),
  /** Null when none is chosen, or the chosen one is not offered for the currency and country. */
  shippingMethod: z.object({ id: shippingMethodId.schema, name: z.string(), amount: Amount }).nullable(),
  /** `included`: the totals hold the tax already. `name` is null where there is no tax. */
  tax: z.object({
    countryCode: z.string().nullable(),
    name: z.string().nullable(),
    rateBasisPoints: z.int(),
    included: z.boolean(),
  }),
  /** In the order they were added. Lines without a price count nothing. */
  lines: z.array(CartLineView),
  totals: CartTotals,
  createdAt: z.date(),
  updatedAt: z.date(),
}

export const CartView = z.object({
  ...contents,
  /** The price shown, sealed: `order.place` takes it, and refuses if the cart costs anything else by then. */
  quote: z.string(),
})
export type CartView = z.infer<typeof CartView>

export const AdminCartView = z.object({ ...contents, customerId: userId.schema.nullable() })
export type AdminCartView = z.infer<typeof AdminCartView>

/**
 * Begins a cart. Where there is one open already, that one is answered, as it is: with its own currency.
 */
export const CreateCart = z.strictObject({ currency: Currency, countryCode: CountryCode.nullable().default(null) })
export type CreateCart = z.infer<typeof CreateCart>

export const CartRef = z.strictObject({ id: cartId.schema })
export type CartRef = z.infer<typeof CartRef>

export const NoInput = z.strictObject({}).optional()

const cart = { cartId: cartId.schema }

export const AddLine = z.strictObject({
  ...cart,
  variantId: variantId.schema,
  quantity: z.int().min(1).max(MAX_QUANTITY).default(1),
})
export type AddLine = z.infer<typeof AddLine>

export const UpdateLine = z.strictObject({
  ...cart,
  lineId: cartLineId.schema,
  /** How many there will be; 0 takes the line out. */
  quantity: z.int().min(0).max(MAX_QUANTITY),
})
export type UpdateLine = z.infer<typeof UpdateLine>

export const RemoveLine = z.strictObject({ ...cart, lineId: cartLineId.schema })
export type RemoveLine = z.infer<typeof RemoveLine>

export const ClearCart = z.strictObject(cart)
export type ClearCart = z.infer<typeof ClearCart>

/** What is left out stays; null takes away. */
export const SetDetails = z.strictObject({
  ...cart,
  countryCode: CountryCode.nullable().optional(),
  email: Email.nullable().optional(),
  shippingAddress: PostalAddress.nullable().optional(),
  billingAddress: PostalAddress.nullable().optional(),
})
export type SetDetails = z.infer<typeof SetDetails>

export const SetShippingMethod = z.strictObject({ ...cart, shippingMethodId: shippingMethodId.schema.nullable() })
export type SetShippingMethod = z.infer<typeof SetShippingMethod>

export const ListCarts = z.strictObject({
  ...pageInput,
  state: z.enum(cartStates).optional(),
  customerId: userId.schema.optional(),
})
export type ListCarts = z.infer<typeof ListCarts>

export const CartSummary = z.object({
  id: cartId.schema,
  state: z.enum(cartStates),
  orderId: orderRef.schema.nullable(),
  customerId: userId.schema.nullable(),
  currency: z.string(),
  lineCount: z.int(),
  createdAt: z.date(),
  updatedAt: z.date(),
})
export type CartSummary = z.infer<typeof CartSummary>
