import type { Context } from '../../platform/context.ts'
import type { CartId } from './entity.ts'
import { cartClosed, cartNotFound } from './errors.ts'
import { belongsTo, ownerOf } from './owner.ts'
import { db } from './tables.ts'

/**
 * Locks a shopper's own cart for a change. The row is the lock of the whole cart: changes to it follow one another, and
 * none gets between its pricing and its order. Raises `cart_not_found`, and `cart_closed` once it is ordered.
 */
export async function lockOpen(ctx: Context, cartId: CartId): Promise<void> {
  const cart = await db(ctx)
    .selectFrom('cart')
    .select('state')
    .where('id', '=', cartId)
    .where(belongsTo(ownerOf(ctx)))
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (cart === undefined) throw cartNotFound()
  if (cart.state !== 'open') throw cartClosed({ state: cart.state })
}
