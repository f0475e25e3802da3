import { sql } from 'kysely'
import { SHOWN_LEFT } from './schema.ts'

/** Units that can be sold of `variant`, joined to its `inventory_item`: a variant that has no item counts as none. */
const units = sql<number>`coalesce(inventory_item.on_hand - inventory_item.reserved, 0)`

/** Whether it can be sold now. */
export const inStock = sql<boolean>`(inventory_item.tracked is false or ${units} > 0)`

/** What a shopper is told of how many there are. */
export const left = sql<
  number | null
>`case when inventory_item.tracked is not false and ${units} <= ${sql.lit(SHOWN_LEFT)} then ${units} end`
