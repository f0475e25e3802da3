import { z } from 'zod'
import { Amount, Currency } from '../../platform/money.ts'
import { pageInput, pageOf } from '../../platform/pages.ts'
import { line, slug } from '../../platform/text.ts'
import { categoryId } from '../category/index.ts'
import { productId, variantId } from '../product/index.ts'

/** From how many units downwards a shopper is told how many are left. Above it, stock is the shop's own business. */
export const SHOWN_LEFT = 10

const Image = z.object({ url: z.string(), alt: z.string() })

export const productSorts = ['newest', 'price_asc', 'price_desc', 'title'] as const
export type ProductSort = (typeof productSorts)[number]

export const ListProducts = z.strictObject({
  limit: pageInput.limit,
  // Longer than elsewhere: the position in the order of titles holds a title.
  cursor: z.string().min(1).max(2_400).optional(),
  /** Prices are in this currency, and what has no price in it is not listed. */
  currency: Currency,
  sort: z.enum(productSorts).default('newest'),
  /** Products of this category and of all below it. */
  category: z.union([z.strictObject({ id: categoryId.schema }), z.strictObject({ slug })]).optional(),
  /** Bounds of the lowest price, both included, in minor units. */
  price: z.strictObject({ min: Amount.optional(), max: Amount.optional() }).optional(),
  /** Only what can be bought now. */
  available: z.literal(true).optional(),
  /** All of these. An attribute that is a list needs to hold the value. */
  attributes: z
    .array(
      z.strictObject({
        name: line(100),
        value: z.union([line(500), z.number().min(-1e15).max(1e15), z.boolean()]),
      }),
    )
    .max(10)
    .optional(),
  /** Words that the title holds, in any order and case. */
  text: line(100, 0).min(2).optional(),
  /** `exact` counts all pages, which takes longer the more there is. */
  count: z.enum(['none', 'exact']).default('none'),
})
export type ListProducts = z.infer<typeof ListProducts>

/** A product as lists show it. Amounts are minor units of `currency`. */
export const ProductCard = z.object({
  id: productId.schema,
  slug: z.string(),
  title: z.string(),
  vendor: z.string().nullable(),
  type: z.string().nullable(),
  image: Image.nullable(),
  price: z.object({
    currency: z.string(),
    /** Of its cheapest variant. */
    amount: z.int(),
    /** What the cheapest variant cost before. */
    compareAtAmount: z.int().nullable(),
    /** Of its dearest variant. */
    maxAmount: z.int(),
  }),
  /** Whether any variant can be bought now. */
  available: z.boolean(),
  variantCount: z.int(),
})
export type ProductCard = z.infer<typeof ProductCard>

export const ProductPage = z.object({
  ...pageOf(ProductCard).shape,
  /** How many there are on all pages; null unless asked for. */
  count: z.int().nullable(),
})
export type ProductPage = z.infer<typeof ProductPage>

/** A variant as a shopper sees it. */
export const ShopVariant = z.object({
  id: variantId.schema,
  sku: z.string().nullable(),
  /** Its option values in one line; empty for a product without options. */
  title: z.string(),
  options: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Minor units; null where it is not sold in the asked currency. */
  price: z.object({ currency: z.string(), amount: z.int(), compareAtAmount: z.int().nullable() }).nullable(),
  available: z.boolean(),
  /** How many there are, once there are 10 or fewer; null for more, and for what sells without limit. */
  left: z.int().nullable(),
  weightGrams: z.int(),
  requiresShipping: z.boolean(),
  imageUrl: z.string().nullable(),
})
export type ShopVariant = z.infer<typeof ShopVariant>

export const ViewProduct = z.union([
  z.strictObject({ id: productId.schema, currency: Currency }),
  z.strictObject({ slug, currency: Currency }),
])
export type ViewProduct = z.infer<typeof ViewProduct>

/** A product's own page, with its first 100 variants; `product.variants` answers those after `variants.next`. */
export const ProductView = z.object({
  id: productId.schema,
  slug: z.string(),
  title: z.string(),
  description: z.string(),
  vendor: z.string().nullable(),
  type: z.string().nullable(),
  tags: z.array(z.string()),
  options: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  images: z.array(Image),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  seo: z.object({ title: z.string().nullable(), description: z.string().nullable() }),
  categories: z.array(z.object({ id: categoryId.schema, slug: z.string(), name: z.string() })),
  /** Of its cheapest and its dearest variant, in minor units; null where it is not sold in the asked currency. */
  price: z.object({ currency: z.string(), amount: z.int(), maxAmount: z.int() }).nullable(),
  /** Whether any variant can be bought now. */
  available: z.boolean(),
  variants: pageOf(ShopVariant),
})
export type ProductView = z.infer<typeof ProductView>

export const ListShopVariants = z.strictObject({ ...pageInput, productId: productId.schema, currency: Currency })
export type ListShopVariants = z.infer<typeof ListShopVariants>
