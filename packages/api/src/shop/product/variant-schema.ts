import { z } from 'zod'
import { Amount, Currency } from '../../platform/money.ts'
import { pageInput } from '../../platform/pages.ts'
import { line } from '../../platform/text.ts'
import { productId, variantId } from './entity.ts'
import { ImageUrl } from './image-url.ts'

/** Variants of one product. */
export const MAX_VARIANTS = 2_048
/** Variants, or prices, that one call writes. */
export const MAX_BATCH = 250

const Price = { currency: Currency, amount: Amount, compareAtAmount: Amount.nullable().default(null) }

const fields = {
  sku: line(100).nullable(),
  barcode: line(100).nullable(),
  /** One for each option of the product, in their order. */
  optionValues: z.array(line(255)).max(5),
  weightGrams: z.int().min(0).max(2_147_483_647),
  requiresShipping: z.boolean(),
  taxable: z.boolean(),
  position: z.int().min(0).max(1_000_000),
  imageUrl: ImageUrl.nullable(),
}

export const CreateVariants = z.strictObject({
  productId: productId.schema,
  variants: z
    .array(
      z.strictObject({
        sku: fields.sku.default(null),
        barcode: fields.barcode.default(null),
        optionValues: fields.optionValues.default([]),
        weightGrams: fields.weightGrams.default(0),
        requiresShipping: fields.requiresShipping.default(true),
        taxable: fields.taxable.default(true),
        /** After the variants there are, when left out. */
        position: fields.position.optional(),
        imageUrl: fields.imageUrl.default(null),
        prices: z
          .array(z.strictObject(Price))
          .max(20)
          .default([])
          .refine(
            (prices) => new Set(prices.map((price) => price.currency)).size === prices.length,
            'must not hold a currency twice',
          ),
      }),
    )
    .min(1)
    .max(MAX_BATCH),
})
export type CreateVariants = z.infer<typeof CreateVariants>

export const UpdateVariant = z.strictObject({
  id: variantId.schema,
  ...z.object(fields).partial().shape,
  status: z.enum(['active', 'archived']).optional(),
})
export type UpdateVariant = z.infer<typeof UpdateVariant>

export const VariantRef = z.strictObject({ id: variantId.schema })
export type VariantRef = z.infer<typeof VariantRef>

export const GetVariant = z.union([VariantRef, z.strictObject({ sku: line(100) })])
export type GetVariant = z.infer<typeof GetVariant>

/** A price of null takes the variant off sale in that currency. */
export const SetPrices = z.strictObject({
  prices: z
    .array(z.strictObject({ variantId: variantId.schema, ...Price, amount: Amount.nullable() }))
    .min(1)
    .max(MAX_BATCH)
    .refine(
      (prices) => new Set(prices.map((price) => `${price.variantId} ${price.currency}`)).size === prices.length,
      'must not set a price twice',
    ),
})
export type SetPrices = z.infer<typeof SetPrices>

export const PricesView = z.object({
  prices: z.array(
    z.object({
      variantId: variantId.schema,
      currency: z.string(),
      amount: z.int().nullable(),
      compareAtAmount: z.int().nullable(),
    }),
  ),
})
export type PricesView = z.infer<typeof PricesView>

export const VariantView = z.object({
  id: variantId.schema,
  productId: productId.schema,
  sku: z.string().nullable(),
  barcode: z.string().nullable(),
  /** Its option values in one line; empty for a product without options. */
  title: z.string(),
  options: z.array(z.object({ name: z.string(), value: z.string() })),
  status: z.enum(['active', 'archived']),
  weightGrams: z.int(),
  requiresShipping: z.boolean(),
  taxable: z.boolean(),
  position: z.int(),
  imageUrl: z.string().nullable(),
  prices: z.array(z.object({ currency: z.string(), amount: z.int(), compareAtAmount: z.int().nullable() })),
})
export type VariantView = z.infer<typeof VariantView>

export const VariantsView = z.object({ variants: z.array(VariantView) })
export type VariantsView = z.infer<typeof VariantsView>

export const ListVariants = z.strictObject({ ...pageInput, productId: productId.schema })
export type ListVariants = z.infer<typeof ListVariants>
