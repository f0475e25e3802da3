import type { Context } from '../../../platform/context.ts'
import type { Ask, Filter, Sort } from '../../../platform/ports/search.ts'
import { type Language, tellingWords } from '../../../platform/search/languages.ts'
import { codeOf, wordsOf } from '../../../platform/search/words.ts'
import { categoryNotFound } from '../../category/index.ts'
import { tables } from '../tables.ts'
import { attributeKeyword, type ProductNames } from './fields.ts'
import type { SearchProducts, SearchSort } from './schema.ts'

/** The most words of a query that are looked for; nobody types more. */
const MAX_WORDS = 16

/** A filter, and what it is a choice of: a facet is counted without the filters on itself. */
export interface Chosen {
  readonly of: string
  readonly filter: Filter<ProductNames>
}

export const ofAttribute = (name: string): string => `attributes ${name}`

/** What was typed, taken apart; undefined when that is nothing but spaces. */
export function textOf(q: string | undefined, language: Language): Ask['text'] {
  const code = codeOf(q ?? '')
  if (code === '') return undefined
  const words = wordsOf(code)
  return {
    words: tellingWords(words, language).slice(0, MAX_WORDS),
    prefix: /[\p{L}\p{N}\p{M}]$/u.test(q ?? ''),
    loose: false,
    code,
  }
}

/** Raises `category_not_found`. */
export async function filtersOf(ctx: Context, input: SearchProducts): Promise<Chosen[]> {
  const { currency, category, price, available, attributes = [] } = input
  const chosen: Chosen[] = [{ of: 'currency', filter: { field: 'currency', anyOf: [currency] } }]
  if (category !== undefined)
    chosen.push({ of: 'category', filter: { field: 'category', anyOf: [await categoryOf(ctx, category)] } })
  if (price?.min !== undefined || price?.max !== undefined)
    chosen.push({ of: 'price', filter: { field: 'price', currency, min: price.min, max: price.max } })
  if (available) chosen.push({ of: 'available', filter: { field: 'available', anyOf: [currency] } })
  for (const { name, values } of attributes) {
    const anyOf = values.flatMap((value) => attributeKeyword(name, value) ?? [])
    chosen.push({ of: ofAttribute(name), filter: { field: 'attribute', anyOf } })
  }
  return chosen
}

async function categoryOf(ctx: Context, by: NonNullable<SearchProducts['category']>): Promise<string> {
  const found = await tables(ctx)
    .selectFrom('category')
    .select('id')
    .where((eb) => ('id' in by ? eb('id', '=', by.id) : eb('slug', '=', by.slug)))
    .executeTakeFirst()
  if (found === undefined) throw categoryNotFound()
  return found.id
}

export function sortOf(sort: SearchSort, currency: string): Sort<ProductNames> {
  switch (sort) {
    case 'relevance':
      return { by: 'relevance' }
    case 'newest':
      return { by: 'newest' }
    case 'title':
      return { by: 'order', field: 'name', direction: 'asc' }
    case 'price_asc':
      return { by: 'amount', field: 'price', currency, direction: 'asc' }
    case 'price_desc':
      return { by: 'amount', field: 'price', currency, direction: 'desc' }
  }
}
