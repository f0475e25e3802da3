import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import type { ProductSchema, VariantId, VariantSchema } from '../product/index.ts'
import type { InventoryItemSchema, ReservationSchema, StockMovementSchema } from './entity.ts'

type Tables = InferKyselyDB<
  | typeof InventoryItemSchema
  | typeof StockMovementSchema
  | typeof ReservationSchema
  | typeof ProductSchema
  | typeof VariantSchema
>

export const db = (ctx: Context) => ctx.em.getKysely<Tables>()

export interface Item {
  readonly variantId: VariantId
  readonly tracked: boolean
  readonly onHand: number
  readonly reserved: number
}

/**
 * Locks the items of these variants, those there are. Every writer of stock comes through here, and takes the rows in the
 * order of their ids: two orders with the same variants wait for each other instead of for ever.
 */
export async function lock(ctx: Context, variantIds: readonly VariantId[]): Promise<Item[]> {
  const { rows } = await sql<Item>`
    select variant_id as "variantId", tracked, on_hand as "onHand", reserved
    from inventory_item where variant_id = any (${variantIds}) order by variant_id for no key update`.execute(db(ctx))
  return rows
}

export interface VariantQuantity {
  readonly variantId: VariantId
  readonly quantity: number
}

/** One entry for each variant, however many lines name it. */
export function sumByVariant(lines: readonly VariantQuantity[]): VariantQuantity[] {
  const sums = new Map<VariantId, number>()
  for (const line of lines) sums.set(line.variantId, (sums.get(line.variantId) ?? 0) + line.quantity)
  return [...sums].map(([variantId, quantity]) => ({ variantId, quantity }))
}
