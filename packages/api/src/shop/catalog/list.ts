import { sql } from 'kysely'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, toPage } from '../../platform/pages.ts'
import { productId, titleHolds } from '../product/index.ts'
import { type Branch, findBranch, membersOf, within } from './branch.ts'
import { type CardRow, cardRows, toCard } from './cards.ts'
import type { ListProducts, ProductPage } from './schema.ts'
import { buyable } from './stock.ts'
import { type Matching, tables } from './tables.ts'

/**
 * What is on sale in a currency. One statement finds the ids of the page along an index of its order and reads what the
 * cards show of just those; a category costs one more before it, a count one after.
 */
export async function list(ctx: Context, input: ListProducts): Promise<ProductPage> {
  const branch = input.category && (await findBranch(ctx, input.category))
  const matching = filtered(ctx, input)
  const page = ordered(within(matching, branch, input.sort), input).limit(input.limit + 1)
  const direction = directions[input.sort]
  const rows = await cardRows(ctx, input.currency, page)
    .orderBy(firsts[input.sort], direction)
    .orderBy('page.id', direction)
    .execute()
  const cards = toPage(rows, input.limit, (row) => cursorOf(row, input), toCard)
  const count = input.count === 'exact' ? await countOf(matching, branch) : null
  return { ...cards, count }
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

const firsts = {
  newest: 'page.id',
  title: 'product.title',
  price_asc: 'page.amount',
  price_desc: 'page.amount',
} as const

async function countOf(matching: Matching, branch: Branch | undefined): Promise<number> {
  const counted =
    branch === undefined ? matching : matching.where((eb) => eb('product.id', 'in', membersOf(eb, branch)))
  const { count } = await counted.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return count
}
