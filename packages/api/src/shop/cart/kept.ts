import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { PostalAddress } from '../address/index.ts'
import { variantId } from '../product/index.ts'
import type { UserId } from '../user/index.ts'
import { cartId, cartStates } from './entity.ts'
import { db } from './tables.ts'

/** A cart as its owner may ask to see all that is kept of it. */
export const KeptCart = z.object({
  id: cartId.schema,
  state: z.enum(cartStates),
  currency: z.string(),
  email: z.string().nullable(),
  countryCode: z.string().nullable(),
  shippingAddress: PostalAddress.nullable(),
  billingAddress: PostalAddress.nullable(),
  lines: z.array(z.object({ variantId: variantId.schema, sku: z.string().nullable(), quantity: z.int() })),
  createdAt: z.date(),
  updatedAt: z.date(),
})
export type KeptCart = z.infer<typeof KeptCart>

/** A customer's carts from one on, oldest first. Whoever calls it has checked that they may see them. */
export const keptOf = (
  ctx: Context,
  customerId: UserId,
  { after, limit }: { after: string; limit: number },
): Promise<KeptCart[]> =>
  db(ctx)
    .selectFrom('cart')
    .select(['id', 'state', 'currency', 'email', 'country_code as countryCode'])
    .select(['shipping_address as shippingAddress', 'billing_address as billingAddress'])
    .select(['created_at as createdAt', 'updated_at as updatedAt'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('cart_line as line')
          .innerJoin('variant', 'variant.id', 'line.variant_id')
          .select(['variant.id as variantId', 'variant.sku', 'line.quantity'])
          .whereRef('line.cart_id', '=', 'cart.id')
          .orderBy('line.id'),
      ).as('lines'),
    )
    .where('customer_id', '=', customerId)
    // The ids are text with a prefix of their own type: what stands in a cursor is compared as it is.
    .where('id', '>', after as KeptCart['id'])
    .orderBy('id')
    .limit(limit)
    .execute()
