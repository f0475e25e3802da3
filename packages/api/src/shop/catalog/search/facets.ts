import type { Context } from '../../../platform/context.ts'
import type { Ask, Bucket, Counted, Wanted } from '../../../platform/ports/search.ts'
import { tables } from '../tables.ts'
import { type Chosen, ofAttribute } from './ask.ts'
import { type ProductNames, readAttributeKeyword } from './fields.ts'
import { roundRanges } from './price-ranges.ts'
import type { FacetName, SearchFacets, SearchProducts } from './schema.ts'

/** Counts what was asked for. A facet that a filter is set on is counted without that filter, by a question of its own. */
export async function facetsOf(
  ctx: Context,
  input: SearchProducts,
  text: Ask['text'],
  chosen: readonly Chosen[],
): Promise<SearchFacets> {
  const names = new Set(input.facets)
  const isChosen = (of: string) => chosen.some((choice) => choice.of === of)
  const without = (of?: string): Ask<ProductNames> => ({
    text,
    filters: chosen.filter((choice) => choice.of !== of).map((choice) => choice.filter),
  })
  const alone = [...names].filter((name) => name !== 'attributes' && isChosen(name))
  const together = [...names].filter((name) => !alone.includes(name))
  const shared = await count(ctx, without(), wantedOf(together, input))
  const counted = new Map<FacetName, Counted>(together.map((name) => [name, shared]))
  for (const name of alone) counted.set(name, await count(ctx, without(name), wantedOf([name], input)))

  const own = new Map<string, Counted>()
  for (const { name } of names.has('attributes') ? (input.attributes ?? []) : [])
    own.set(name, await count(ctx, without(ofAttribute(name)), wantedOf(['attributes'], input)))

  const buckets = (facet: FacetName, field: string) => counted.get(facet)?.keywords[field]
  const categories = buckets('category', 'category')
  const available = buckets('available', 'available')
  const attributes = buckets('attributes', 'attribute')
  const price = counted.get('price')?.amount
  return {
    categories: categories === undefined ? null : await named(ctx, categories),
    price: price ? { min: price.min, max: price.max, ranges: rangesOf(input, price.counts) } : null,
    attributes: attributes === undefined ? null : byName(attributes, own),
    available:
      available === undefined ? null : (available.find((bucket) => bucket.value === input.currency)?.count ?? 0),
  }
}

const nothing: Counted = { keywords: {}, amount: null }

async function count(ctx: Context, ask: Ask<ProductNames>, wanted: Wanted<ProductNames>): Promise<Counted> {
  if (wanted.keywords.length === 0 && wanted.amount === undefined) return nothing
  return ctx.search.count(ctx, ask, wanted)
}

function wantedOf(names: readonly FacetName[], { currency, priceRanges }: SearchProducts): Wanted<ProductNames> {
  const fields = { category: ['category'], attributes: ['attribute'], available: ['available'], price: [] } as const
  const ranges = priceRanges?.map(({ min, below }) => ({ min, below })) ?? roundRanges(currency)
  return {
    keywords: names.flatMap((name) => fields[name]),
    amount: names.includes('price') ? { field: 'price', currency, ranges } : undefined,
  }
}

const rangesOf = ({ currency, priceRanges }: SearchProducts, counts: readonly number[]) =>
  (priceRanges ?? roundRanges(currency)).map(({ min = null, below = null }, index) => ({
    min,
    below,
    count: counts[index] ?? 0,
  }))

async function named(ctx: Context, buckets: readonly Bucket[]): Promise<NonNullable<SearchFacets['categories']>> {
  if (buckets.length === 0) return []
  const counts = new Map(buckets.map((bucket) => [bucket.value, bucket.count]))
  const rows = await tables(ctx)
    .selectFrom('category')
    .select(['id', 'slug', 'name', 'parent_id as parentId'])
    // Engines keep ids as text.
    .where('id', 'in', [...counts.keys()] as never[])
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, count: counts.get(row.id) ?? 0 })).sort((left, right) => right.count - left.count)
}

/** Values under their attributes. Those of an attribute that is filtered by come from the count without that filter. */
function byName(
  buckets: readonly Bucket[],
  own: ReadonlyMap<string, Counted>,
): NonNullable<SearchFacets['attributes']> {
  const names = new Map<string, NonNullable<SearchFacets['attributes']>[number]['values']>()
  const add = ({ value: keyword, count }: Bucket, takes: (name: string) => boolean) => {
    const { name, value } = readAttributeKeyword(keyword)
    if (takes(name)) names.set(name, [...(names.get(name) ?? []), { value, count }])
  }
  for (const bucket of buckets) add(bucket, (name) => !own.has(name))
  for (const [asked, { keywords }] of own)
    for (const bucket of keywords.attribute ?? []) add(bucket, (name) => name === asked)
  return [...names].map(([name, values]) => ({ name, values }))
}
