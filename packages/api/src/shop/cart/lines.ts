import { sql } from 'kysely'
import { lastly } from '../../platform/closing.ts'
import type { Context } from '../../platform/context.ts'
import { type Given, statement, statements } from '../../platform/statement.ts'
import { variantNotFound } from '../product/index.ts'
import { cartLineId, MAX_LINES, MAX_QUANTITY } from './entity.ts'
import { cartNotFound, lineLimit, lineNotFound, noPrice, notForSale, quantityLimit } from './errors.ts'
import { type Locked, mustBeOpen } from './lock.ts'
import { kindOf, type Owner, ownedBy, ownerOf } from './owner.ts'
import { get } from './queries.ts'
import type { AddLine, CartView, ClearCart, RemoveLine, UpdateLine } from './schema.ts'
import { carts, db } from './tables.ts'

const add = statement((given: Given<AddLine>) => {
  const cartId = given((line) => line.cartId)
  const variantId = given((line) => line.variantId)
  const quantity = given((line) => line.quantity)
  return sql<{ inCart: number; written: number }>`
    with cart_now as (
      select count(*) as lines, coalesce(max(quantity) filter (where variant_id = ${variantId}), 0) as in_cart
      from cart_line where cart_id = ${cartId}
    ), written as (
      insert into cart_line (id, cart_id, variant_id, quantity)
      select ${given(() => cartLineId.new())}, ${cartId}, ${variantId}, ${quantity} from cart_now
      where (in_cart > 0 or lines < ${sql.lit(MAX_LINES)}) and in_cart + ${quantity} <= ${sql.lit(MAX_QUANTITY)}
      on conflict on constraint cart_line_variant_unique do update set quantity = cart_line.quantity + excluded.quantity
      returning cart_id
    ), noted as (
      update cart set updated_at = now() from written where cart.id = written.cart_id
    )
    select in_cart as "inCart", (select count(*) from written) as written from cart_now`
})

/**
 * Adds so many of a variant, which was looked at with the lock of the cart; to the line of it, if there is one. Two more
 * statements, however full the cart is: write, and read.
 */
export async function addLine(
  ctx: Context,
  { cartId, variantId, quantity }: AddLine,
  found: readonly Found[],
): Promise<CartView> {
  mustBeForSale(found)
  const [{ inCart, written } = { inCart: 0, written: 0 }] = await add(ctx, { cartId, variantId, quantity })
  if (written === 0 && inCart + quantity > MAX_QUANTITY) throw quantityLimit({ max: MAX_QUANTITY, inCart })
  if (written === 0) throw lineLimit({ max: MAX_LINES })
  return get(lastly(ctx), { id: cartId })
}

const lock = statements(
  ({ owner }: Pick<AddLine, 'cartId' | 'variantId'> & { owner: Owner | null }) => kindOf(owner),
  (given, { owner }) =>
    carts
      .selectFrom('cart')
      .leftJoin('variant', (join) =>
        join.on(
          'variant.id',
          '=',
          given(({ variantId }) => variantId),
        ),
      )
      .leftJoin('product', 'product.id', 'variant.product_id')
      .leftJoin('variant_price as price', (join) =>
        join.onRef('price.variant_id', '=', 'variant.id').onRef('price.currency', '=', 'cart.currency'),
      )
      .select(['cart.state', 'cart.currency', 'variant.status', 'product.status as productStatus', 'price.amount'])
      .where(
        'cart.id',
        '=',
        given(({ cartId }) => cartId),
      )
      .where(ownedBy(given, kindOf(owner), (values) => values.owner))
      .forNoKeyUpdate('cart'),
)

/** Locks the cart, and looks at what would be added in the same statement. */
export const lockingFor = (ctx: Context, { cartId, variantId }: AddLine) =>
  lock.of({ cartId, variantId, owner: ownerOf(ctx) })

type Found = Awaited<ReturnType<typeof lock>>[number]

function mustBeForSale([found]: readonly Found[]): void {
  mustBeOpen(found === undefined ? [] : [found])
  if (found === undefined) throw cartNotFound()
  if (found.status === null) throw variantNotFound()
  if (found.status !== 'active' || found.productStatus !== 'active') throw notForSale()
  if (found.amount === null) throw noPrice({ currency: found.currency })
}

/** Sets how many there are of a line; none takes it out. */
export async function updateLine(
  ctx: Context,
  { cartId, lineId, quantity }: UpdateLine,
  locked: Locked,
): Promise<CartView> {
  mustBeOpen(locked)
  const change =
    quantity === 0
      ? sql`delete from cart_line where id = ${lineId} and cart_id = ${cartId} returning cart_id`
      : sql`update cart_line set quantity = ${quantity} where id = ${lineId} and cart_id = ${cartId} returning cart_id`
  const { rows } = await sql`
    with changed as (${change})
    update cart set updated_at = now() from changed where cart.id = changed.cart_id returning cart.id`.execute(db(ctx))
  if (rows.length === 0) throw lineNotFound()
  return get(lastly(ctx), { id: cartId })
}

export const removeLine = (ctx: Context, line: RemoveLine, locked: Locked): Promise<CartView> =>
  updateLine(ctx, { ...line, quantity: 0 }, locked)

export async function clear(ctx: Context, { cartId }: ClearCart, locked: Locked): Promise<CartView> {
  mustBeOpen(locked)
  await sql`
    with gone as (delete from cart_line where cart_id = ${cartId})
    update cart set updated_at = now() where id = ${cartId}`.execute(db(ctx))
  return get(lastly(ctx), { id: cartId })
}
