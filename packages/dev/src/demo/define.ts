import type { MotifName } from './drawing/motifs.ts'
import type { Colour } from './palettes.ts'
import type { DemoPrice, DemoProduct, DemoVariant } from './types.ts'

/** Amounts are euro and dollar cents. */
type Amounts = readonly [eur: number, usd: number]

/** A product as it is quickest to write down; every combination of its option values is a variant. */
export interface Draft {
  slug: string
  title: string
  description: string
  category: string
  status?: DemoProduct['status']
  attributes: Record<string, string>
  /** The beginning of every SKU; a product without options has it for its SKU. */
  sku: string
  price: Amounts
  was?: Amounts
  grams: number
  options?: Record<string, readonly string[]>
  /** What an option value adds to price and weight. */
  adds?: Record<string, readonly [eur: number, usd: number, grams: number]>
  /** Units on hand, variant by variant, the last option turning fastest; a word for what sells without limit. */
  stock: readonly number[] | 'untracked'
  draw: readonly [motif: MotifName, colour: Colour, alt: string]
}

/**
 * The product of a draft.
 *
 * @throws Error when its stock does not name each variant.
 */
export function define(draft: Draft): DemoProduct {
  const options = Object.entries(draft.options ?? {}).map(([name, values]) => ({ name, values: [...values] }))
  const combinations = options.reduce<string[][]>(
    (made, { values }) => made.flatMap((begun) => values.map((value) => [...begun, value])),
    [[]],
  )
  if (draft.stock !== 'untracked' && draft.stock.length !== combinations.length) {
    throw new Error(`${draft.slug} has ${combinations.length} variants and stock for ${draft.stock.length}`)
  }
  const [motif, colour, alt] = draft.draw
  return {
    slug: draft.slug,
    title: draft.title,
    description: draft.description,
    category: draft.category,
    status: draft.status ?? 'active',
    attributes: draft.attributes,
    options,
    variants: combinations.map((values, index) => variantOf(draft, values, index)),
    image: { motif, colour, alt },
  }
}

function variantOf(draft: Draft, optionValues: string[], index: number): DemoVariant {
  const added = optionValues.map((value) => draft.adds?.[value] ?? [0, 0, 0])
  const priced = ([eur, usd]: Amounts): DemoPrice => ({
    EUR: added.reduce((sum, [more]) => sum + more, eur),
    USD: added.reduce((sum, [, more]) => sum + more, usd),
  })
  return {
    sku: [draft.sku, ...optionValues.map(codeOf)].join('-'),
    optionValues,
    price: priced(draft.price),
    compareAtPrice: draft.was ? priced(draft.was) : null,
    weightGrams: added.reduce((sum, [, , grams]) => sum + grams, draft.grams),
    tracked: draft.stock !== 'untracked',
    quantity: draft.stock === 'untracked' ? 0 : (draft.stock[index] ?? 0),
  }
}

/** "Pine" is PINE and "500 ml" is 500M: the first four letters and digits. */
function codeOf(value: string): string {
  return value
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, 4)
}
