import { type ExpressionBuilder, type RawBuilder, sql } from 'kysely'
import { SHOWN_LEFT } from './schema.ts'
import type { Tables } from './tables.ts'

/** Units that can be sold of `variant`, joined to its `inventory_item`: a variant that has no item counts as none. */
const units = sql<number>`coalesce(inventory_item.on_hand - inventory_item.reserved, 0)`

/** Whether it can be sold now. */
export const inStock = sql<boolean>`(inventory_item.tracked is false or ${units} > 0)`

/** What a shopper is told of how many there are. */
export const left = sql<
  number | null
>`case when inventory_item.tracked is not false and ${units} <= ${sql.lit(SHOWN_LEFT)} then ${units} end`

/** The variants of `product` that can be bought now in a currency. */
export const buyable = (eb: ExpressionBuilder<Tables, 'product'>, currency: RawBuilder<string>) =>
  eb
    .selectFrom('variant')
    .innerJoin('variant_price', 'variant_price.variant_id', 'variant.id')
    .leftJoin('inventory_item', 'inventory_item.variant_id', 'variant.id')
    .select('variant.id')
    .whereRef('variant.product_id', '=', 'product.id')
    // Written out, so that the index of active ones is used.
    .where('variant.status', '=', sql.lit('active'))
    .where('variant_price.currency', '=', currency)
    .where(inStock)
