import { type RawBuilder, sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { inTransaction } from '../../platform/transaction.ts'
import type { ProductId } from './entity.ts'
import { tables } from './tables.ts'

/** How many products one transaction takes on. */
const BATCH = 50

/** How many active variants `product` has. */
export const activeVariants = (product: RawBuilder<unknown>) =>
  sql<number>`(select count(*) from variant where product_id = ${product} and status = 'active')`

/** What the cheapest active variant of `product` cost before. */
export const cheapestBefore = (product: RawBuilder<unknown>, currency: RawBuilder<unknown>) => sql<number | null>`(
  select price.compare_at_amount
  from variant join variant_price price on price.variant_id = variant.id and price.currency = ${currency}
  where variant.product_id = ${product} and variant.status = 'active'
  order by price.amount, variant.position, variant.id limit 1)`

/**
 * Brings what is listed of these products up to date: one row for each currency in which a product on sale has a price,
 * none for the others. Call it with the products locked and everything written.
 */
export async function refreshListedPrices(ctx: Context, productIds: readonly ProductId[]): Promise<void> {
  const db = tables(ctx)
  await db.deleteFrom('listed_price').where('product_id', 'in', productIds).execute()
  const [product, currency] = [sql.ref('product.id'), sql.ref('variant_price.currency')]
  await db
    .insertInto('listed_price')
    .columns(['product_id', 'currency', 'min_amount', 'max_amount', 'compare_at_amount', 'variant_count'])
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
          cheapestBefore(product, currency).as('compare_at_amount'),
          activeVariants(product).as('variant_count'),
        ]),
    )
    .execute()
}

/**
 * Brings up to date what a version before has listed, which did not keep as much; products that are locked wait for the
 * next time. Answers how many there were. A schedule runs it.
 */
export async function completeListedPrices(ctx: Context): Promise<number> {
  let count = 0
  for (let after = ''; ; ) {
    const { seen, done } = await completeBatch(ctx, after)
    count += done
    after = seen.at(-1) ?? after
    if (seen.length < BATCH) return count
  }
}

/** Takes on some products behind one, in a transaction of its own: whoever changes one of them waits no longer than that. */
const completeBatch = (ctx: Context, after: string) =>
  inTransaction(ctx, async (ctx) => {
    const db = tables(ctx)
    const incomplete = await db
      .selectFrom('listed_price')
      .where('variant_count', 'is', null)
      .where(sql<boolean>`product_id > ${after}`)
      .select('product_id')
      .distinct()
      .orderBy('product_id')
      .limit(BATCH)
      .execute()
    const seen = incomplete.map((row) => row.product_id)
    if (seen.length === 0) return { seen, done: 0 }
    const free = await db
      .selectFrom('product')
      .where('id', 'in', seen)
      .select('id')
      .orderBy('id')
      .forUpdate()
      .skipLocked()
      .execute()
    const ids = free.map(({ id }) => id)
    if (ids.length > 0) await refreshListedPrices(ctx, ids)
    return { seen, done: ids.length }
  })
