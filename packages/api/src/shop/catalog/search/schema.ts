import { z } from 'zod'
import { Amount, Currency } from '../../../platform/money.ts'
import { pageInput, pageOf } from '../../../platform/pages.ts'
import { line, slug } from '../../../platform/text.ts'
import { categoryId } from '../../category/index.ts'
import { ProductCard } from '../schema.ts'

export const searchSorts = ['relevance', 'newest', 'price_asc', 'price_desc', 'title'] as const
export type SearchSort = (typeof searchSorts)[number]

export const facetNames = ['category', 'price', 'attributes', 'available'] as const
export type FacetName = (typeof facetNames)[number]

const AttributeValue = z.union([line(500), z.number().min(-1e15).max(1e15), z.boolean()])

export const SearchProducts = z.strictObject({
  limit: pageInput.limit,
  cursor: z.string().min(1).max(3_000).optional(),
  /** What somebody typed. Products hold all of its words, the last one perhaps unfinished; without any, all match. */
  q: line(200, 0).optional(),
  /** Prices are in this currency, and what has no price in it is not found. */
  currency: Currency,
  /** `relevance` where there are words, else `newest`. */
  sort: z.enum(searchSorts).optional(),
  /** Products of this category and of all below it. */
  category: z.union([z.strictObject({ id: categoryId.schema }), z.strictObject({ slug })]).optional(),
  /** Bounds of the lowest price, both included, in minor units. */
  price: z.strictObject({ min: Amount.optional(), max: Amount.optional() }).optional(),
  /** Only what can be bought now. */
  available: z.literal(true).optional(),
  /** For each attribute one of these values. */
  attributes: z
    .array(z.strictObject({ name: line(100), values: z.array(AttributeValue).min(1).max(20) }))
    .max(5)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must not hold a name twice')
    .optional(),
  /** What to count. What a filter is set on is counted as if it was not, so that other choices show. */
  facets: z.array(z.enum(facetNames)).max(facetNames.length).default([]),
  /** For the facet of prices: from `min`, below `below`, in minor units. Round ones unless given. */
  priceRanges: z
    .array(z.strictObject({ min: Amount.optional(), below: Amount.optional() }))
    .min(1)
    .max(20)
    .optional(),
})
export type SearchProducts = z.infer<typeof SearchProducts>

/** What is counted among the products found; null for what was not asked for. At least so many when `total.more`. */
export const SearchFacets = z.object({
  /** Categories with their products and those of all below, the fullest first: 250 at most. */
  categories: z
    .array(
      z.object({
        id: categoryId.schema,
        slug: z.string(),
        name: z.string(),
        parentId: categoryId.schema.nullable(),
        count: z.int(),
      }),
    )
    .nullable(),
  /** The lowest and highest price in minor units, null where nothing is found, and how many products are in each range. */
  price: z
    .object({
      min: z.int().nullable(),
      max: z.int().nullable(),
      ranges: z.array(z.object({ min: z.int().nullable(), below: z.int().nullable(), count: z.int() })),
    })
    .nullable(),
  /** The commonest values of attributes: 250 at most. */
  attributes: z
    .array(
      z.object({
        name: z.string(),
        values: z.array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), count: z.int() })),
      }),
    )
    .nullable(),
  /** How many can be bought now. */
  available: z.int().nullable(),
})
export type SearchFacets = z.infer<typeof SearchFacets>

export const SearchPage = z.object({
  ...pageOf(ProductCard).shape,
  /** How many are found: exactly so many, or this many and more. */
  total: z.object({ count: z.int(), more: z.boolean() }),
  /** Nothing has these words: what was found has words much like them, or has them inside of others. */
  loose: z.boolean(),
  facets: SearchFacets,
})
export type SearchPage = z.infer<typeof SearchPage>
