import { sql } from 'kysely'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, toPage } from '../../platform/pages.ts'
import { productId, titleHolds } from '../product/index.ts'
import { type Branch, findBranch, membersOf, within } from './branch.ts'
import type { ListProducts, ProductCard, ProductPage } from './schema.ts'
import { buyable, inStock } from './stock.ts'
import { type Matching, tables } from './tables.ts'

/**
 * What is on sale in a currency. One statement finds the ids of the page along an index of its order and reads what the
 * cards show of just those; a category costs one more before it, a count one after.
 */
export async function list(ctx: Context, input: ListProducts): Promise<ProductPage> {
  const branch = input.category && (await findBranch(ctx, input.category))
  const matching = filtered(ctx, input)
  const rows = await cards(ctx, input, ordered(within(matching, branch, input.sort), input).limit(input.limit + 1))
  const page = toPage(rows, input.limit, (row) => cursorOf(row, input), toCard)
  const count = input.count === 'exact' ? await countOf(matching, branch) : null
  return { ...page, count }
}

function filtered(ctx: Context, input: ListProducts): Matching {
  const { currency, price, available, attributes = [], text } = input
  let rows: Matching = tables(ctx)
    .selectFrom('listed_price')
    .innerJoin('product', 'product.id', 'listed_price.product_id')
    .where('listed_price.currency', '=', currency)
    // Whatever has a listed price is active. Saying so lets the partial index on titles be used.
    .where('product.status', '=', 'active')
  if (price?.min !== undefined) rows = rows.where('listed_price.min_amount', '>=', price.min)
  if (price?.max !== undefined) rows = rows.where('listed_price.min_amount', '<=', price.max)
  if (text !== undefined) rows = rows.where(titleHolds(text))
  for (const { name, value } of attributes) {
    const [one, among] = [JSON.stringify({ [name]: value }), JSON.stringify({ [name]: [value] })]
    rows = rows.where(sql<boolean>`(product.attributes @> ${one}::jsonb or product.attributes @> ${among}::jsonb)`)
  }
  if (available) rows = rows.where((eb) => eb.exists(buyable(eb, currency)))
  return rows
}

const directions = { newest: 'desc', title: 'asc', price_asc: 'asc', price_desc: 'desc' } as const

/** Puts the rows in the asked order, from the cursor on. Each order is one index, walked from where the cursor stands. */
function ordered(matching: Matching, { sort, cursor, currency }: ListProducts) {
  const order = orderName(sort, currency)
  const direction = directions[sort]
  const after = direction === 'desc' ? '<' : '>'
  if (sort === 'newest') {
    const rows = matching.orderBy('listed_price.product_id', direction)
    if (cursor === undefined) return rows
    const [id] = decodeCursor(cursor, order, [productId.schema])
    return rows.where('listed_price.product_id', after, id)
  }
  if (sort === 'title') {
    const rows = matching.orderBy('product.title', direction).orderBy('product.id', direction)
    if (cursor === undefined) return rows
    const [title, id] = decodeCursor(cursor, order, [z.string().max(255), productId.schema])
    return rows.where((eb) => eb(eb.refTuple('product.title', 'product.id'), after, eb.tuple(title, id)))
  }
  const rows = matching.orderBy('listed_price.min_amount', direction).orderBy('listed_price.product_id', direction)
  if (cursor === undefined) return rows
  const [amount, id] = decodeCursor(cursor, order, [z.int(), productId.schema])
  return rows.where((eb) =>
    eb(eb.refTuple('listed_price.min_amount', 'listed_price.product_id'), after, eb.tuple(amount, id)),
  )
}

const orderName = (sort: ListProducts['sort'], currency: string) => `product:${sort}:${currency}`

function cursorOf(row: CardRow, { sort, currency }: ListProducts): string {
  const order = orderName(sort, currency)
  if (sort === 'newest') return encodeCursor(order, [row.id])
  return encodeCursor(order, [sort === 'title' ? row.title : row.amount, row.id])
}

/** Reads what the cards of a page show, and puts them in the page's order again: joins keep none. */
function cards(ctx: Context, input: ListProducts, page: ReturnType<typeof ordered>) {
  const first = {
    newest: 'page.id',
    title: 'product.title',
    price_asc: 'page.amount',
    price_desc: 'page.amount',
  } as const
  const direction = directions[input.sort]
  return tables(ctx)
    .with('page', () =>
      page.select([
        'listed_price.product_id as id',
        'listed_price.min_amount as amount',
        'listed_price.max_amount as maxAmount',
      ]),
    )
    .selectFrom('page')
    .innerJoin('product', 'product.id', 'page.id')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('variant')
          .leftJoin('variant_price', (join) =>
            join.onRef('variant_price.variant_id', '=', 'variant.id').on('variant_price.currency', '=', input.currency),
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
      sql<string>`${input.currency}::text`.as('currency'),
      'page.amount',
      'page.maxAmount',
      'sold.compareAtAmount',
      'sold.available',
      'sold.variantCount',
    ])
    .orderBy(first[input.sort], direction)
    .orderBy('page.id', direction)
    .execute()
}

type CardRow = Awaited<ReturnType<typeof cards>>[number]

const toCard = ({ currency, amount, maxAmount, compareAtAmount, ...card }: CardRow): ProductCard => ({
  ...card,
  available: card.available ?? false,
  variantCount: card.variantCount ?? 0,
  price: { currency, amount, compareAtAmount, maxAmount },
})

async function countOf(matching: Matching, branch: Branch | undefined): Promise<number> {
  const counted =
    branch === undefined ? matching : matching.where((eb) => eb('product.id', 'in', membersOf(eb, branch)))
  const { count } = await counted.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return count
}
