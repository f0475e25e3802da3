import { sql } from 'kysely'
import { principalOf } from '../../platform/actor.ts'
import type { Context } from '../../platform/context.ts'
import type { VariantId } from '../product/index.ts'
import { tellFlips } from './availability.ts'
import { movementId, type OrderRef } from './entity.ts'
import { db, type Item, lock, sumByVariant, type VariantQuantity } from './items.ts'

/**
 * Turns what an order has reserved into sold stock, once: a second call finds nothing reserved and does nothing.
 * Answers what it sold.
 */
export async function sell(ctx: Context, orderId: OrderRef): Promise<VariantQuantity[]> {
  const variantIds = (await lockReserved(ctx, orderId)).map((item) => item.variantId)
  if (variantIds.length === 0) return []
  const { rows } = await sql<VariantQuantity>`
    with sold as (
      update reservation set state = 'sold'
      where order_id = ${orderId} and state = 'live' and variant_id = any (${variantIds})
      returning variant_id, quantity
    ), taken as (
      update inventory_item item set on_hand = on_hand - quantity, reserved = reserved - quantity
      from sold where item.variant_id = sold.variant_id
    ), noted as (
      insert into stock_movement (id, variant_id, delta, reason, order_id, actor)
      select movement.id, sold.variant_id, -quantity, 'sold', ${orderId}, ${principalOf(ctx.actor)}
      from sold join ${movements(variantIds)} using (variant_id)
    )
    select variant_id as "variantId", quantity from sold`.execute(db(ctx))
  return rows
}

/** Gives back what an order has reserved, once. Answers what it gave back. */
export async function release(ctx: Context, orderId: OrderRef): Promise<VariantQuantity[]> {
  const items = await lockReserved(ctx, orderId)
  const variantIds = items.map((item) => item.variantId)
  if (variantIds.length === 0) return []
  const { rows } = await sql<VariantQuantity>`
    with released as (
      update reservation set state = 'released'
      where order_id = ${orderId} and state = 'live' and variant_id = any (${variantIds})
      returning variant_id, quantity
    ), freed as (
      update inventory_item item set reserved = reserved - quantity
      from released where item.variant_id = released.variant_id
    )
    select variant_id as "variantId", quantity from released`.execute(db(ctx))
  await tellReturned(ctx, items, rows, (item, quantity) => ({ ...item, reserved: item.reserved - quantity }))
  return rows
}

/**
 * Puts units of an order that were sold back into stock: never more than it sold, however often it is called. Answers what
 * came back.
 */
export async function restock(
  ctx: Context,
  { orderId, lines }: { orderId: OrderRef; lines: readonly VariantQuantity[] },
): Promise<VariantQuantity[]> {
  const wanted = sumByVariant(lines)
  const variantIds = wanted.map((line) => line.variantId)
  const items = await lock(ctx, variantIds)
  const { rows } = await sql<VariantQuantity>`
    with sold as (
      select variant_id, -sum(delta) as quantity from stock_movement
      where order_id = ${orderId} and variant_id = any (${variantIds}) group by variant_id
    ), wanted as (
      select * from unnest(${variantIds}::text[], ${wanted.map((line) => line.quantity)}::int[])
        as wanted (variant_id, quantity)
    ), returned as (
      insert into stock_movement (id, variant_id, delta, reason, order_id, actor)
      select movement.id, variant_id, least(wanted.quantity, sold.quantity), 'restocked', ${orderId},
        ${principalOf(ctx.actor)}
      from wanted join sold using (variant_id) join ${movements(variantIds)} using (variant_id)
      where least(wanted.quantity, sold.quantity) > 0
      returning variant_id, delta
    )
    update inventory_item item set on_hand = on_hand + returned.delta
    from returned where item.variant_id = returned.variant_id
    returning item.variant_id as "variantId", returned.delta as quantity`.execute(db(ctx))
  await tellReturned(ctx, items, rows, (item, quantity) => ({ ...item, onHand: item.onHand + quantity }))
  return rows
}

/** Locks the items an order has live reservations on. */
async function lockReserved(ctx: Context, orderId: OrderRef): Promise<Item[]> {
  const reserved = await db(ctx)
    .selectFrom('reservation')
    .select('variant_id')
    .where('order_id', '=', orderId)
    .where('state', '=', 'live')
    .execute()
  if (reserved.length === 0) return []
  return lock(
    ctx,
    reserved.map((row) => row.variant_id),
  )
}

/** Tells what has come into stock by units that came back. */
const tellReturned = (
  ctx: Context,
  items: readonly Item[],
  returned: readonly VariantQuantity[],
  became: (item: Item, quantity: number) => Item,
) =>
  tellFlips(
    ctx,
    items.flatMap((before) => {
      const back = returned.find((line) => line.variantId === before.variantId)
      return back === undefined ? [] : [{ before, after: became(before, back.quantity) }]
    }),
  )

/** A new ledger row's id for each variant, as a table to join. */
const movements = (variantIds: readonly VariantId[]) =>
  sql`unnest(${variantIds}::text[], ${variantIds.map(() => movementId.new())}::text[]) as movement (variant_id, id)`
