import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { cartId } from './entity.ts'
import { cartNotFound } from './errors.ts'
import { priceCart } from './price.ts'
import { readCart } from './read.ts'
import type { AdminCartView, CartRef, CartSummary, ListCarts } from './schema.ts'
import { db } from './tables.ts'
import { adminViewOf } from './view.ts'

/** Everybody's carts, newest first. */
export async function list(ctx: Context, input: ListCarts): Promise<Page<CartSummary>> {
  let rows = db(ctx)
    .selectFrom('cart')
    .select(['id', 'state', 'order_id as orderId', 'customer_id as customerId', 'currency'])
    .select(['created_at as createdAt', 'updated_at as updatedAt'])
    .select((eb) =>
      eb
        .selectFrom('cart_line')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .whereRef('cart_line.cart_id', '=', 'cart.id')
        .$asScalar()
        .$notNull()
        .as('lineCount'),
    )
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.state !== undefined) rows = rows.where('state', '=', input.state)
  if (input.customerId !== undefined) rows = rows.where('customer_id', '=', input.customerId)
  if (input.cursor !== undefined) {
    const [before] = decodeCursor(input.cursor, 'newest', [cartId.schema])
    rows = rows.where('id', '<', before)
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('newest', [row.id]),
    (row) => row,
  )
}

export async function get(ctx: Context, { id }: CartRef): Promise<AdminCartView> {
  const row = await readCart(ctx, { id })
  if (row === undefined) throw cartNotFound()
  return adminViewOf(priceCart(row))
}

export async function remove(ctx: Context, { id }: CartRef): Promise<CartRef> {
  const gone = await db(ctx)
    .deleteFrom('cart')
    .where('id', '=', id)
    .returning(['state', 'customer_id as customerId', 'order_id as orderId'])
    .executeTakeFirst()
  if (gone === undefined) throw cartNotFound()
  audit(ctx, { subject: id, before: gone })
  return { id }
}
