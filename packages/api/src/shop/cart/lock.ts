import type { Context } from '../../platform/context.ts'
import { atOnce, type Question, statements } from '../../platform/statement.ts'
import type { Cart, CartId } from './entity.ts'
import { cartClosed, cartNotFound } from './errors.ts'
import { kindOf, type Owner, ownedBy, ownerOf } from './owner.ts'
import { type CartRow, reading } from './read.ts'
import { carts } from './tables.ts'

const lock = statements(
  ({ owner }: { cartId: CartId; owner: Owner | null }) => kindOf(owner),
  (given, { owner }) =>
    carts
      .selectFrom('cart')
      .select('state')
      .where(
        'id',
        '=',
        given(({ cartId }) => cartId),
      )
      .where(ownedBy(given, kindOf(owner), (values) => values.owner))
      .forNoKeyUpdate(),
)

/**
 * Locks a shopper's own cart for a change. The row is the lock of the whole cart: changes to it follow one another, and
 * none gets between its pricing and its order.
 */
export const locking = (ctx: Context, { cartId }: { readonly cartId: CartId }) =>
  lock.of({ cartId, owner: ownerOf(ctx) })

/** The cart that was locked, if it was there. */
export type Locked = readonly Pick<Cart, 'state'>[]

/** What a shopper's own cart that was locked has to be. Raises `cart_not_found`, and `cart_closed` once it is ordered. */
export function mustBeOpen([cart]: Locked): void {
  if (cart === undefined) throw cartNotFound()
  if (cart.state !== 'open') throw cartClosed({ state: cart.state })
}

/** Locks a cart and reads it then, and `beside` it, in one round trip. Raises what {@link mustBeOpen} does. */
export async function readLocked<Row>(ctx: Context, cartId: CartId, beside: Question<Row>): Promise<[CartRow, Row[]]> {
  const [found, [row], rows] = await atOnce(ctx, locking(ctx, { cartId }), reading({ id: cartId }), beside)
  mustBeOpen(found)
  if (row === undefined) throw cartNotFound()
  return [row, rows]
}
