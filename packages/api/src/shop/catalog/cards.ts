import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { type Given, statement } from '../../platform/statement.ts'
import type { ProductId } from '../product/index.ts'
import type { ProductCard } from './schema.ts'
import { inStock } from './stock.ts'
import { catalogue } from './tables.ts'

/** A product that is on sale in a currency, and its lowest and highest price there. */
type OnSale = { id: ProductId; amount: number; maxAmount: number }

/** What the cards of these products show, in any order: joins keep none. */
export const cardRows = <DB, TB extends keyof DB>(
  currency: RawBuilder<string>,
  products: SelectQueryBuilder<DB, TB, OnSale>,
) =>
  catalogue
    .with('page', () => products)
    .selectFrom('page')
    .innerJoin('product', 'product.id', 'page.id')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('variant')
          .leftJoin('variant_price', (join) =>
            join.onRef('variant_price.variant_id', '=', 'variant.id').on('variant_price.currency', '=', currency),
          )
          .leftJoin('inventory_item', 'inventory_item.variant_id', 'variant.id')
          .whereRef('variant.product_id', '=', 'page.id')
          .where('variant.status', '=', 'active')
          .select((part) => [
            part.fn.countAll<number>().as('variantCount'),
            sql<boolean>`bool_or(variant_price.amount is not null and ${inStock})`.as('available'),
            sql<number | null>`(array_agg(variant_price.compare_at_amount
              order by variant_price.amount nulls last, variant.position, variant.id))[1]`.as('compareAtAmount'),
          ])
          .as('sold'),
      (join) => join.onTrue(),
    )
    .select([
      'page.id',
      'product.slug',
      'product.title',
      'product.vendor',
      'product.type',
      sql<{ url: string; alt: string } | null>`product.images->0`.as('image'),
      sql<string>`${currency}::text`.as('currency'),
      'page.amount',
      'page.maxAmount',
      'sold.compareAtAmount',
      'sold.available',
      'sold.variantCount',
    ])

const cardsOnSale = statement(
  (given: Given<{ ids: readonly ProductId[]; currency: string }>) => {
    const currency = given((values) => values.currency)
    const ids = given((values) => values.ids)
    return cardRows(
      currency,
      catalogue
        .selectFrom('listed_price')
        .where('currency', '=', currency)
        .where('product_id', '=', sql<ProductId>`any(${ids}::text[])`)
        .select(['product_id as id', 'min_amount as amount', 'max_amount as maxAmount']),
    )
  },
  { quick: true },
)

export type CardRow = Awaited<ReturnType<typeof cardsOnSale>>[number]

export const toCard = ({ currency, amount, maxAmount, compareAtAmount, ...card }: CardRow): ProductCard => ({
  ...card,
  available: card.available ?? false,
  variantCount: card.variantCount ?? 0,
  price: { currency, amount, compareAtAmount, maxAmount },
})

/** The cards of products in the order of their ids as given, without those that are not on sale in the currency. */
export async function cardsOf(ctx: Context, ids: readonly ProductId[], currency: string): Promise<ProductCard[]> {
  if (ids.length === 0) return []
  const rows = new Map((await cardsOnSale(ctx, { ids, currency })).map((row) => [row.id, row]))
  return ids.flatMap((id) => rows.get(id) ?? []).map(toCard)
}
