import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import type { VariantId } from '../product/index.ts'
import { tellFlips } from './availability.ts'
import { type OrderRef, reservationId } from './entity.ts'
import { outOfStock } from './errors.ts'
import { db, type Item, lock, sumByVariant, type VariantQuantity } from './items.ts'

export interface Reserve {
  readonly orderId: OrderRef
  readonly lines: readonly VariantQuantity[]
  /** How long the order has to be paid. */
  readonly minutes: number
}

/**
 * Keeps units for an order, all of them or none. Lines of one variant are added up; an untracked item sells without limit;
 * a variant without an item has none. What the order holds already it keeps, so a second call reserves nothing more.
 * Raises `out_of_stock` with the variants there are too few of.
 *
 * @example await inventory.reserve(ctx, { orderId, lines: [{ variantId, quantity: 2 }], minutes: 15 })
 */
export async function reserve(ctx: Context, { orderId, lines, minutes }: Reserve): Promise<void> {
  const wanted = sumByVariant(lines)
  const variantIds = wanted.map((line) => line.variantId)
  const items = new Map((await lock(ctx, variantIds)).map((item) => [item.variantId, item]))
  if (wanted.some((line) => isShort(line, items.get(line.variantId)))) await refuse(ctx, orderId, wanted, items)
  const { rows: held } = await sql<VariantQuantity>`
    with wanted as (
      select * from unnest(
        ${wanted.map(() => reservationId.new())}::text[],
        ${variantIds}::text[],
        ${wanted.map((line) => line.quantity)}::int[]
      ) as wanted (id, variant_id, quantity)
    ), held as (
      insert into reservation (id, order_id, variant_id, quantity, state, expires_at)
      select id, ${orderId}, variant_id, quantity, 'live', now() + make_interval(mins => ${minutes}) from wanted
      on conflict (order_id, variant_id) where state = 'live' do nothing
      returning variant_id, quantity
    )
    update inventory_item item set reserved = item.reserved + held.quantity
    from held where item.variant_id = held.variant_id
    returning item.variant_id as "variantId", held.quantity`.execute(db(ctx))
  await tellFlips(
    ctx,
    held.flatMap(({ variantId, quantity }) => {
      const before = items.get(variantId)
      return before === undefined ? [] : [{ before, after: { ...before, reserved: before.reserved + quantity } }]
    }),
  )
}

const availableOf = (item: Item | undefined): number => Math.max(0, (item?.onHand ?? 0) - (item?.reserved ?? 0))

const isShort = (line: VariantQuantity, item: Item | undefined): boolean =>
  (item?.tracked ?? true) && availableOf(item) < line.quantity

/** Throws unless the order itself holds what is missing: then this is a second call. Reads after the lock, so it sees all. */
async function refuse(
  ctx: Context,
  orderId: OrderRef,
  wanted: readonly VariantQuantity[],
  items: ReadonlyMap<VariantId, Item>,
): Promise<void> {
  const held = await db(ctx)
    .selectFrom('reservation')
    .select('variant_id')
    .where('order_id', '=', orderId)
    .where('state', '=', 'live')
    .execute()
  const own = new Set(held.map((row) => row.variant_id))
  const short = wanted.filter((line) => !own.has(line.variantId) && isShort(line, items.get(line.variantId)))
  if (short.length === 0) return
  const lines = short.map(({ variantId, quantity }) => ({
    variantId,
    requested: quantity,
    available: availableOf(items.get(variantId)),
  }))
  throw outOfStock({ lines })
}
