import type { z } from 'zod'
import type { Context } from '../../../platform/context.ts'
import type { Ask, Found, Reader } from '../../../platform/ports/search.ts'
import { cardsOf, showingCards } from '../cards.ts'
import { filtersOf, sortOf, textOf } from './ask.ts'
import { readPlace, writePlace } from './cursor.ts'
import { facetsOf } from './facets.ts'
import { type SearchPage, SearchProducts } from './schema.ts'

/** Asks one engine, whatever answers otherwise: to compare them. */
export const askOne = (ctx: Context, engine: Reader, input: z.input<typeof SearchProducts>): Promise<SearchPage> =>
  search({ ...ctx, search: { ...ctx.search, find: engine.find, count: engine.count } }, SearchProducts.parse(input))

/**
 * Finds products on sale in a currency. The index says which they are; what is shown of them is read where it is written,
 * so that nothing is shown that is no longer on sale, and no price that is not asked any more: then a page is shorter.
 * Raises `category_not_found`, `cursor_expired` and `search_not_ready`.
 */
export async function search(ctx: Context, input: SearchProducts): Promise<SearchPage> {
  const { currency, limit } = input
  const typed = textOf(input.q, ctx.config.search.language)
  const sort = input.sort ?? (typed === undefined ? 'newest' : 'relevance')
  const order = `${sort}:${currency}`
  const place = input.cursor === undefined ? undefined : readPlace(order, input.cursor)
  const chosen = await filtersOf(ctx, input)
  const find = (text: Ask['text']): Promise<Found> =>
    ctx.search.find(
      ctx,
      { text, filters: chosen.map((choice) => choice.filter) },
      { sort: sortOf(sort, currency), limit, position: place?.position, showing: showingCards(currency) },
    )
  const loosely = typed && { ...typed, loose: true }
  let text = place?.loose ? loosely : typed
  let found = await find(text)
  if (found.total.count === 0 && place === undefined && loosely !== undefined) {
    text = loosely
    found = await find(text)
  }
  const loose = text?.loose === true && found.total.count > 0
  return {
    rows: await cardsOf(ctx, found, currency),
    next: found.next && writePlace(order, { position: found.next, loose }),
    total: found.total,
    loose,
    facets: await facetsOf(ctx, input, text, chosen),
  }
}
