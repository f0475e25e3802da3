import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as user from '../user/index.ts'
import { type CartId, MAX_LINES, MAX_QUANTITY } from './entity.ts'
import { db } from './tables.ts'

/**
 * Gives a visitor's open cart to the customer they turn out to be. It keeps its id, its currency and what it knows;
 * what the customer's older open cart holds is added to it: quantities of one variant add up, addresses and shipping
 * fill what is empty. What does not fit (more than 999 of a line, more than 250 lines) stays in the older cart, which is
 * closed as `set_aside`; with nothing left in it, it is deleted. A line that has no price in the cart's currency stays
 * too, and the cart says so of it. Does nothing for a visitor without a cart.
 */
export const merge = (ctx: Context, { guest, userId }: { guest: string; userId: user.UserId }): Promise<void> =>
  inTransaction(ctx, async (ctx) => {
    // One at a time gives a customer their open cart, and none while they are erased.
    if ((await user.lockActive(ctx, userId)) === null) return
    const carts = await db(ctx)
      .selectFrom('cart')
      .select(['id', 'guest'])
      .where('state', '=', 'open')
      .where((eb) => eb.or([eb('guest', '=', guest), eb('customer_id', '=', userId)]))
      .orderBy('id')
      .forUpdate()
      .execute()
    const kept = carts.find((cart) => cart.guest !== null)
    if (kept === undefined) return
    const older = carts.find((cart) => cart.guest === null)
    if (older !== undefined) await empty(ctx, older.id, kept.id)
    await db(ctx)
      .updateTable('cart')
      .set({ customer_id: userId, guest: null, updated_at: sql<Date>`now()` })
      .where('id', '=', kept.id)
      .execute()
  })

/** Moves what fits from one locked cart into another, and closes it. */
async function empty(ctx: Context, from: CartId, to: CartId): Promise<void> {
  await addUp(ctx, from, to)
  await sql`
    update cart_line set cart_id = ${to} where id in (
      select id from cart_line
      where cart_id = ${from} and variant_id not in (select variant_id from cart_line where cart_id = ${to})
      order by id desc
      limit greatest(0, ${MAX_LINES} - (select count(*) from cart_line where cart_id = ${to}))
    )`.execute(db(ctx))
  await sql`
    update cart set
      email = coalesce(cart.email, older.email),
      country_code = coalesce(cart.country_code, older.country_code),
      shipping_address = coalesce(cart.shipping_address, older.shipping_address),
      billing_address = coalesce(cart.billing_address, older.billing_address),
      shipping_method_id = coalesce(cart.shipping_method_id, older.shipping_method_id)
    from cart older where cart.id = ${to} and older.id = ${from}`.execute(db(ctx))
  await sql`update cart set state = 'set_aside', updated_at = now() where id = ${from}`.execute(db(ctx))
  await sql`
    delete from cart where id = ${from} and not exists (select from cart_line where cart_id = ${from})`.execute(db(ctx))
}

/** Adds up the lines of variants that both have. */
const addUp = (ctx: Context, from: CartId, to: CartId) =>
  sql`
    with pair as (
      select older.id as older_id, line.id as line_id, older.quantity + line.quantity as quantity
      from cart_line older join cart_line line using (variant_id)
      where older.cart_id = ${from} and line.cart_id = ${to}
    ), added as (
      update cart_line set quantity = least(pair.quantity, ${MAX_QUANTITY}) from pair where cart_line.id = line_id
    ), taken as (
      delete from cart_line using pair where cart_line.id = older_id and pair.quantity <= ${MAX_QUANTITY}
    )
    update cart_line set quantity = pair.quantity - ${MAX_QUANTITY} from pair
    where cart_line.id = older_id and pair.quantity > ${MAX_QUANTITY}`.execute(db(ctx))
