import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { demand } from '../../platform/demand.ts'
import { type Given, type Question, statement } from '../../platform/statement.ts'
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
export async function reserve(ctx: Context, order: Reserve): Promise<void> {
  const wanted = sumByVariant(order.lines)
  if (await hold(ctx, order, wanted)) return
  // Too few, as far as one statement can tell: now the rows are looked at one by one, under the locks it has taken.
  const variantIds = wanted.map((line) => line.variantId)
  const items = new Map((await lock(ctx, variantIds)).map((item) => [item.variantId, item]))
  await refuse(ctx, order.orderId, wanted, items)
  await hold(ctx, order, wanted, 'whatever is there')
}

/**
 * Keeps units for an order as the last thing of a transaction: to be asked with its COMMIT, so that nobody who wants the same
 * waits for this process. It fails, by {@link isUnmet}, unless there is enough of all and some is left of each: then there is
 * more to say, and {@link reserve} has to do it.
 */
export const reserving = ({ lines, ...order }: Reserve): Question<unknown> =>
  take.of({ ...order, wanted: sumByVariant(lines), strictly: true, simply: true })

/**
 * Locks the items, in the order in which everybody does, and keeps the units if there are enough of all: one statement,
 * since everybody else who buys the same waits for it. False when there are not, and nothing was kept.
 */
async function hold(
  ctx: Context,
  { orderId, minutes }: Reserve,
  wanted: readonly VariantQuantity[],
  provided: 'enough' | 'whatever is there' = 'enough',
): Promise<boolean> {
  const rows = await take(ctx, { orderId, minutes, wanted, strictly: provided === 'enough', simply: false })
  await tellFlips(
    ctx,
    rows.flatMap(({ quantity, ...before }) =>
      quantity === null ? [] : [{ before, after: { ...before, reserved: before.reserved + quantity } }],
    ),
  )
  return rows.every(({ short }) => !short)
}

interface Taking extends Pick<Reserve, 'orderId' | 'minutes'> {
  readonly wanted: readonly VariantQuantity[]
  /** Only if there is enough of all. */
  readonly strictly: boolean
  /** Fails where there is not, and where an item is sold out by it. */
  readonly simply: boolean
}

const take = statement((given: Given<Taking>) => {
  const variantIds = given(({ wanted }) => wanted.map((line) => line.variantId))
  return sql<Verdict>`
    with wanted as (
      select * from unnest(
        ${given(({ wanted }) => wanted.map(() => reservationId.new()))}::text[],
        ${variantIds}::text[],
        ${given(({ wanted }) => wanted.map((line) => line.quantity))}::int[]
      ) as wanted (id, variant_id, quantity)
    ), locked as materialized (
      select variant_id, tracked, on_hand, reserved from inventory_item
      where variant_id = any (${variantIds}::text[]) order by variant_id for no key update
    ), verdict as materialized (
      select ${given(({ strictly }) => strictly)}::boolean and coalesce(bool_or(
        coalesce(locked.tracked, true) and coalesce(locked.on_hand - locked.reserved, 0) < wanted.quantity), false) as short
      from wanted left join locked on locked.variant_id = wanted.variant_id
    ), held as (
      insert into reservation (id, order_id, variant_id, quantity, state, expires_at)
      select id, ${given(({ orderId }) => orderId)}, variant_id, quantity, 'live',
        now() + make_interval(mins => ${given(({ minutes }) => minutes)})
      from wanted, verdict where not verdict.short
      on conflict (order_id, variant_id) where state = 'live' do nothing
      returning variant_id, quantity
    ), taken as (
      update inventory_item item set reserved = item.reserved + held.quantity
      from held where item.variant_id = held.variant_id
    )
    select verdict.short, locked.variant_id as "variantId", locked.tracked, locked.on_hand as "onHand", locked.reserved,
      held.quantity, ${demand(sql`not (${given(({ simply }) => simply)}::boolean and (verdict.short
        or (locked.tracked and locked.on_hand - locked.reserved <= held.quantity) is true))`)} as met
    from verdict left join held on true left join locked on locked.variant_id = held.variant_id`
})

/** An item as it was before units of it were kept; `quantity` is null where none were. */
interface Verdict extends Item {
  readonly short: boolean
  readonly quantity: number | null
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
