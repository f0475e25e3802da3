import type { Context } from '../../platform/context.ts'
import { atOnce, statements } from '../../platform/statement.ts'
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
 * none gets between its pricing and its order. Raises `cart_not_found`, and `cart_closed` once it is ordered.
 */
export async function lockOpen(ctx: Context, cartId: CartId): Promise<void> {
  mustBeOpen(await lock(ctx, { cartId, owner: ownerOf(ctx) }))
}

/** Locks a cart as {@link lockOpen} does and reads it then, in one round trip. */
export async function readLocked(ctx: Context, cartId: CartId): Promise<CartRow> {
  const [found, [row]] = await atOnce(ctx, lock.of({ cartId, owner: ownerOf(ctx) }), reading({ id: cartId }))
  mustBeOpen(found)
  if (row === undefined) throw cartNotFound()
  return row
}

function mustBeOpen([cart]: readonly Pick<Cart, 'state'>[]): void {
  if (cart === undefined) throw cartNotFound()
  if (cart.state !== 'open') throw cartClosed({ state: cart.state })
}
