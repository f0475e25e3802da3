import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, toPage } from '../../platform/pages.ts'
import { type Given, statements } from '../../platform/statement.ts'
import { type ProductId, productId, titleHolds } from '../product/index.ts'
import { type Branch, findBranch, membersOf, within } from './branch.ts'
import { type CardRow, cardRows, listed, toCard } from './cards.ts'
import { allNewestOfCategory, isNewestOfCategory, isWalkable, newestOfCategory } from './newest.ts'
import type { ListProducts, ProductPage } from './schema.ts'
import { buyable } from './stock.ts'
import { catalogue, type Matching } from './tables.ts'

/**
 * What is on sale in a currency. One statement finds the ids of the page along an index of its order and reads what the
 * cards show of just those. A category in another order than by age costs one more before it, one that has nothing to show
 * quickly two more, a count one after.
 */
export async function list(ctx: Context, input: ListProducts): Promise<ProductPage> {
  const asked = { ...input, after: input.cursor === undefined ? null : positionOf(input.cursor, input) }
  const quick = isNewestOfCategory(asked) ? await newestOfCategory(ctx, asked) : []
  // Why nothing at all was found, the branch says: there may be no such category, or a large branch of them.
  const branch =
    input.category && (quick.length === 0 || input.count === 'exact')
      ? await findBranch(ctx, input.category)
      : undefined
  const rows = quick.length > 0 ? quick : await found(ctx, { ...asked, branch })
  const cards = toPage(rows, input.limit, (row) => cursorOf(row, input), toCard)
  return { ...cards, count: input.count === 'exact' ? await countOf(ctx, { ...asked, branch }) : null }
}

/** The rows of a page, however long it takes to find them. */
async function found(ctx: Context, asked: Asked): Promise<CardRow[]> {
  if (asked.branch?.few?.length === 0) return []
  const walks = isNewestOfCategory(asked) && asked.branch && isWalkable(asked.branch)
  return walks ? allNewestOfCategory(ctx, asked) : pageOf(ctx, asked)
}

/** Where a page begins: after the product with this id, and with this title or amount where that is the order. */
export interface Position {
  readonly id: ProductId
  readonly title?: string
  readonly amount?: number
}

interface Asked extends ListProducts {
  readonly after: Position | null
  readonly branch: Branch | undefined
}

/** The forms of a list that come again and again; words and attributes are of one caller. */
const formOf = ({ sort, after, price, available, text, attributes = [], branch }: Asked): string | null =>
  text !== undefined || attributes.length > 0
    ? null
    : [
        sort,
        after !== null,
        price?.min !== undefined,
        price?.max !== undefined,
        available === true,
        branch && (branch.few === null ? 'many' : 'few'),
      ].join()

const pageOf = statements(formOf, (given: Given<Asked>, asked: Asked) => {
  const { sort } = asked
  const page = ordered(filtered(given, asked), given, asked)
    .limit(given(({ limit }) => limit + 1))
    .select(listed)
  return cardRows(
    given(({ currency }) => currency),
    page,
    { quick: false },
  )
    .orderBy(firsts[sort], directions[sort])
    .orderBy('page.id', directions[sort])
})

function filtered(given: Given<Asked>, { price, available, attributes = [], text, branch, sort }: Asked): Matching {
  const currency = given((asked) => asked.currency)
  let rows: Matching = onSale(currency)
  if (price?.min !== undefined)
    rows = rows.where(
      'listed_price.min_amount',
      '>=',
      given((asked) => asked.price?.min ?? 0),
    )
  if (price?.max !== undefined)
    rows = rows.where(
      'listed_price.min_amount',
      '<=',
      given((asked) => asked.price?.max ?? 0),
    )
  if (text !== undefined) rows = rows.where(titleHolds(text))
  for (const { name, value } of attributes) {
    const [one, among] = [JSON.stringify({ [name]: value }), JSON.stringify({ [name]: [value] })]
    rows = rows.where(sql<boolean>`(product.attributes @> ${one}::jsonb or product.attributes @> ${among}::jsonb)`)
  }
  if (available) rows = rows.where((eb) => eb.exists(buyable(eb, currency)))
  return branch === undefined ? rows : within(rows, branch, sort, given)
}

/** Whatever has a listed price is active. Saying so lets the partial index on titles be used. */
const onSale = (currency: RawBuilder<string>): Matching =>
  catalogue
    .selectFrom('listed_price')
    .innerJoin('product', 'product.id', 'listed_price.product_id')
    .where('listed_price.currency', '=', currency)
    .where('product.status', '=', 'active')

const directions = { newest: 'desc', title: 'asc', price_asc: 'asc', price_desc: 'desc' } as const

const firsts = {
  newest: 'page.id',
  title: 'product.title',
  price_asc: 'page.amount',
  price_desc: 'page.amount',
} as const

/** Puts the rows in the asked order, from a position on. Each order is one index, walked from where that stands. */
function ordered(matching: Matching, given: Given<Asked>, { sort, after }: Asked): Matching {
  const direction = directions[sort]
  const beyond = direction === 'desc' ? '<' : '>'
  const id = given((asked) => at(asked).id)
  if (sort === 'newest') {
    const rows = matching.orderBy('listed_price.product_id', direction)
    if (after === null) return rows
    // Said of both tables: where they are merged in this order, each is read from where it is said to begin.
    return rows.where('listed_price.product_id', beyond, id).where('product.id', beyond, id)
  }
  if (sort === 'title') {
    const rows = matching.orderBy('product.title', direction).orderBy('product.id', direction)
    const title = given((asked) => at(asked).title ?? '')
    if (after === null) return rows
    return rows.where((eb) => eb(eb.refTuple('product.title', 'product.id'), beyond, sql<never>`(${title}, ${id})`))
  }
  const rows = matching.orderBy('listed_price.min_amount', direction).orderBy('listed_price.product_id', direction)
  const amount = given((asked) => at(asked).amount ?? 0)
  if (after === null) return rows
  return rows.where((eb) =>
    eb(eb.refTuple('listed_price.min_amount', 'listed_price.product_id'), beyond, sql<never>`(${amount}, ${id})`),
  )
}

function at({ after }: Asked): Position {
  if (after === null) throw new Error('a page without a position has no such form')
  return after
}

const orderName = ({ sort, currency }: ListProducts) => `product:${sort}:${currency}`

/** Raises `invalid_input`. */
function positionOf(cursor: string, input: ListProducts): Position {
  const order = orderName(input)
  if (input.sort === 'newest') {
    const [id] = decodeCursor(cursor, order, [productId.schema])
    return { id }
  }
  if (input.sort === 'title') {
    const [title, id] = decodeCursor(cursor, order, [z.string().max(255), productId.schema])
    return { id, title }
  }
  const [amount, id] = decodeCursor(cursor, order, [z.int(), productId.schema])
  return { id, amount }
}

function cursorOf(row: CardRow, input: ListProducts): string {
  const order = orderName(input)
  if (input.sort === 'newest') return encodeCursor(order, [row.id])
  return encodeCursor(order, [input.sort === 'title' ? row.title : row.amount, row.id])
}

const counted = statements(formOf, (given: Given<Asked>, asked: Asked) => {
  const rows = filtered(given, { ...asked, branch: undefined })
  const among = asked.branch
    ? rows.where((eb) =>
        eb(
          'product.id',
          'in',
          membersOf(
            eb,
            given((asked) => asked.branch?.categoryIds ?? []),
          ),
        ),
      )
    : rows
  return among.select((eb) => eb.fn.countAll<number>().as('count'))
})

async function countOf(ctx: Context, asked: Asked): Promise<number> {
  const [row] = await counted(ctx, asked)
  return row?.count ?? 0
}
