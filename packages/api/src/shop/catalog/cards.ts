import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import type { Found, Showing } from '../../platform/ports/search.ts'
import { type Given, statement } from '../../platform/statement.ts'
import { activeVariants, cheapestBefore, type ProductId } from '../product/index.ts'
import type { ProductCard } from './schema.ts'
import { buyable } from './stock.ts'
import { catalogue } from './tables.ts'

/** What is listed of a product on sale in a currency: to be selected by whoever looks for a page of them. */
export const listed = [
  'listed_price.product_id as id',
  'listed_price.min_amount as amount',
  'listed_price.max_amount as maxAmount',
  'listed_price.compare_at_amount as compareAtAmount',
  'listed_price.variant_count as variantCount',
] as const

interface Listed {
  id: ProductId
  amount: number
  maxAmount: number
  compareAtAmount: number | null
  variantCount: number | null
}

/** So many variants may have to be looked at for whether their products can be bought, by whom others wait behind. */
const MAX_VARIANTS = 4_096

/**
 * What the cards of these products show, in any order: joins keep none. With `quick` it is nothing at all of products with
 * so many variants that it could take long, or not known to have fewer.
 */
export const cardRows = <DB, TB extends keyof DB>(
  currency: RawBuilder<string>,
  products: SelectQueryBuilder<DB, TB, Listed>,
  { quick }: { quick: boolean },
) => {
  const [product, count] = [sql.ref('page.id'), sql.ref('page.variantCount')]
  const few = sql<boolean>`(select sum(coalesce(${count}, ${sql.lit(MAX_VARIANTS + 1)})) from page) <= ${sql.lit(MAX_VARIANTS)}`
  return catalogue
    .with('page', () => products)
    .selectFrom('page')
    .innerJoin('product', 'product.id', 'page.id')
    .$if(quick, (rows) => rows.where(few))
    .select((eb) => [
      'page.id',
      'product.slug',
      'product.title',
      'product.vendor',
      'product.type',
      sql<{ url: string; alt: string } | null>`product.images->0`.as('image'),
      sql<string>`${currency}::text`.as('currency'),
      'page.amount',
      'page.maxAmount',
      eb.exists(buyable(eb, currency)).as('available'),
      // Rows of the version before do not say: only of those it is asked.
      sql<number | null>`case when ${count} is null then ${cheapestBefore(product, currency)}
        else ${sql.ref('page.compareAtAmount')} end`.as('compareAtAmount'),
      sql<number>`coalesce(${count}, ${activeVariants(product)})`.as('variantCount'),
    ])
}

const onSale = (currency: RawBuilder<string>, ids: RawBuilder<readonly string[]>, how: { quick: boolean }) =>
  cardRows(
    currency,
    catalogue
      .selectFrom('listed_price')
      .where('currency', '=', currency)
      .where('product_id', '=', sql<ProductId>`any(${ids}::text[])`)
      .select(listed),
    how,
  )

const cardRowsOf = (how: { quick: boolean }) =>
  statement(
    (given: Given<{ ids: readonly string[]; currency: string }>) =>
      onSale(
        given(({ currency }) => currency),
        given(({ ids }) => ids),
        how,
      ),
    how,
  )

const quickCards = cardRowsOf({ quick: true })
const anyCards = cardRowsOf({ quick: false })

/** Has a search read the cards of what it finds in the same statement, where its engine can. */
export const showingCards = (currency: string): Showing => ({
  name: 'cards',
  values: currency,
  // The values are those above.
  rows: (given, ids) =>
    onSale(
      given((currency) => currency as string),
      ids,
      { quick: true },
    ),
})

export type CardRow = Awaited<ReturnType<typeof anyCards>>[number]

// Named one by one: to find out what is left of a row takes longer.
export const toCard = (row: CardRow): ProductCard => ({
  id: row.id,
  slug: row.slug,
  title: row.title,
  vendor: row.vendor,
  type: row.type,
  image: row.image,
  available: Boolean(row.available),
  variantCount: row.variantCount,
  price: {
    currency: row.currency,
    amount: row.amount,
    compareAtAmount: row.compareAtAmount,
    maxAmount: row.maxAmount,
  },
})

/** The cards of what was found, in its order, without products that are not on sale in the currency. */
export async function cardsOf(
  ctx: Context,
  { ids, shown }: Pick<Found, 'ids' | 'shown'>,
  currency: string,
): Promise<ProductCard[]> {
  if (ids.length === 0) return []
  // What is shown is what `showingCards` said.
  const quick = (shown as CardRow[] | undefined) ?? (await quickCards(ctx, { ids, currency }))
  const rows = quick.length > 0 ? quick : await anyCards(ctx, { ids, currency })
  const cards = new Map<string, ProductCard>(rows.map((row) => [row.id, toCard(row)]))
  return ids.flatMap((id) => cards.get(id) ?? [])
}
