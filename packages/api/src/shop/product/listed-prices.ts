import type { Context } from '../../platform/context.ts'
import type { ProductId } from './entity.ts'
import { tables } from './tables.ts'

/**
 * Brings the price ranges of these products up to date: one row for each currency in which a product on sale has a
 * price, none for the others. Call it with the products locked and everything written.
 */
export async function refreshListedPrices(ctx: Context, productIds: readonly ProductId[]): Promise<void> {
  const db = tables(ctx)
  await db.deleteFrom('listed_price').where('product_id', 'in', productIds).execute()
  await db
    .insertInto('listed_price')
    .columns(['product_id', 'currency', 'min_amount', 'max_amount'])
    .expression((eb) =>
      eb
        .selectFrom('product')
        .innerJoin('variant', 'variant.product_id', 'product.id')
        .innerJoin('variant_price', 'variant_price.variant_id', 'variant.id')
        .where('product.id', 'in', productIds)
        .where('product.status', '=', 'active')
        .where('variant.status', '=', 'active')
        .groupBy(['product.id', 'variant_price.currency'])
        .select((part) => [
          'product.id',
          'variant_price.currency',
          part.fn.min('variant_price.amount').as('min_amount'),
          part.fn.max('variant_price.amount').as('max_amount'),
        ]),
    )
    .execute()
}
