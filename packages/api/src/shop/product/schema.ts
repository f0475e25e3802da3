import { z } from 'zod'
import { pageInput, pageOf } from '../../platform/pages.ts'
import { line, slug, text } from '../../platform/text.ts'
import { categoryId } from '../category/index.ts'
import { productId, productStatuses } from './entity.ts'
import { ImageUrl } from './image-url.ts'
import { VariantView } from './variant-schema.ts'

export const MAX_OPTIONS = 5

const unique = (values: readonly string[]): boolean => new Set(values).size === values.length

/** superjson writes no object with a field of such a name: a product that had one could not be read any more. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype'])

const AttributeValue = z.union([
  line(500, 0),
  z.number().min(-1e15).max(1e15),
  z.boolean(),
  z.array(line(255)).max(100),
])

const fields = {
  slug,
  title: line(255),
  description: text(65_536, 0),
  vendor: line(255).nullable(),
  type: line(255).nullable(),
  options: z
    .array(
      z.strictObject({
        name: line(100),
        values: z.array(line(255)).max(2_048).refine(unique, 'must not hold a value twice'),
      }),
    )
    .max(MAX_OPTIONS)
    .refine((options) => unique(options.map((option) => option.name)), 'must not hold a name twice'),
  images: z.array(z.strictObject({ url: ImageUrl, alt: line(512, 0) })).max(250),
  attributes: z
    .record(line(100), AttributeValue)
    .refine((attributes) => Object.keys(attributes).length <= 50, 'must not hold more than 50 attributes')
    .refine(
      (attributes) => !Object.keys(attributes).some((name) => RESERVED.has(name)),
      'must not hold a reserved name',
    ),
  tags: z.array(line(100)).max(250).refine(unique, 'must not hold a tag twice'),
  seo: z.strictObject({ title: line(255).nullable(), description: line(1_000).nullable() }),
  categoryIds: z.array(categoryId.schema).max(20).refine(unique, 'must not hold a category twice'),
}

export const CreateProduct = z.strictObject({
  ...fields,
  description: fields.description.default(''),
  vendor: fields.vendor.default(null),
  type: fields.type.default(null),
  status: z.enum(productStatuses).default('draft'),
  options: fields.options.default([]),
  images: fields.images.default([]),
  attributes: fields.attributes.default({}),
  tags: fields.tags.default([]),
  seo: fields.seo.default({ title: null, description: null }),
  categoryIds: fields.categoryIds.default([]),
})
export type CreateProduct = z.infer<typeof CreateProduct>

export const UpdateProduct = z.strictObject({ id: productId.schema, ...z.object(fields).partial().shape })
export type UpdateProduct = z.infer<typeof UpdateProduct>

export const ProductRef = z.strictObject({ id: productId.schema })
export type ProductRef = z.infer<typeof ProductRef>

export const GetProduct = z.union([z.strictObject({ id: productId.schema }), z.strictObject({ slug })])
export type GetProduct = z.infer<typeof GetProduct>

export const SetProductStatus = z.strictObject({ id: productId.schema, status: z.enum(productStatuses) })
export type SetProductStatus = z.infer<typeof SetProductStatus>

/** What staff see of a product in a list. */
export const ProductSummary = z.object({
  id: productId.schema,
  slug: z.string(),
  title: z.string(),
  vendor: z.string().nullable(),
  type: z.string().nullable(),
  status: z.enum(productStatuses),
  variantCount: z.int(),
  createdAt: z.date(),
  updatedAt: z.date(),
})
export type ProductSummary = z.infer<typeof ProductSummary>

/** All that staff know of a product, its variants apart. */
export const ProductRecord = z.object({
  ...ProductSummary.shape,
  description: z.string(),
  options: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  images: z.array(z.object({ url: z.string(), alt: z.string() })),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  tags: z.array(z.string()),
  seo: z.object({ title: z.string().nullable(), description: z.string().nullable() }),
  categoryIds: z.array(categoryId.schema),
})
export type ProductRecord = z.infer<typeof ProductRecord>

/** With its first 100 variants; `variant.list` answers those after `variants.next`. */
export const ProductDetails = z.object({ ...ProductRecord.shape, variants: pageOf(VariantView) })
export type ProductDetails = z.infer<typeof ProductDetails>

export const ListAllProducts = z.strictObject({
  ...pageInput,
  status: z.enum(productStatuses).optional(),
  categoryId: categoryId.schema.optional(),
  /** Words that the title holds. */
  text: line(100, 2).optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListAllProducts = z.infer<typeof ListAllProducts>
