import type { Caller } from '../shop.ts'
import type { ParsedVariant } from '../shopify/product.ts'
import type { Outcome, Report } from './report.ts'

/** What an import has at hand for every product. */
export interface Importing {
  readonly caller: Caller
  readonly currency: string
  readonly categoryId: Category['id'] | null
  /** Under which the shop's own images are reached from outside. */
  readonly publicUrl: string
  readonly report: Report
}

type Category = Awaited<ReturnType<Caller['category']['get']>>
export type Product = Awaited<ReturnType<Caller['product']['getAny']>>
export type Variant = Product['variants']['rows'][number]

/** A variant of the shop, the row it is to be like, and what happened to it so far. */
export interface Pair {
  readonly variant: Variant
  readonly row: ParsedVariant
  outcome: Outcome
}
