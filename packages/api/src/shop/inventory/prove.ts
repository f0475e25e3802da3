import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { inTransaction } from '../../platform/transaction.ts'
import type { VariantId } from '../product/index.ts'
import { db } from './items.ts'

/** An item whose level is not what its ledger adds up to, or whose reserved units are not those of its reservations. */
export interface StockDifference {
  readonly variantId: VariantId
  readonly sku: string | null
  readonly onHand: number
  /** The sum of the item's movements: what `onHand` should be. */
  readonly movements: number
  readonly reserved: number
  /** The sum of the item's live reservations: what `reserved` should be. */
  readonly reservations: number
}

/**
 * Proves the stock: adds up every ledger and every reservation in one statement, so from one moment, and answers the items
 * that do not agree. None is the proof.
 */
export const proveStock = (ctx: Context): Promise<StockDifference[]> =>
  inTransaction(ctx, async (ctx) => {
    // The sums of a large shop take longer than a shopper's call may.
    await sql`set local statement_timeout = 0`.execute(db(ctx))
    const { rows } = await sql<StockDifference>`
      with ledger as (select variant_id, sum(delta) as units from stock_movement group by variant_id),
      kept as (select variant_id, sum(quantity) as units from reservation where state = 'live' group by variant_id)
      select item.variant_id as "variantId", sku, on_hand as "onHand", coalesce(ledger.units, 0) as movements, reserved,
        coalesce(kept.units, 0) as reservations
      from inventory_item item
      join variant on variant.id = item.variant_id
      left join ledger on ledger.variant_id = item.variant_id
      left join kept on kept.variant_id = item.variant_id
      where on_hand <> coalesce(ledger.units, 0) or reserved <> coalesce(kept.units, 0)
      order by item.variant_id`.execute(db(ctx))
    return rows
  })
