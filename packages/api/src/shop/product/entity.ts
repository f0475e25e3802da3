import { defineEntity, p } from '@mikro-orm/core'
import { amount, createdAt, currency, id } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'
import { Category } from '../category/entity.ts'

export const productId = idOf('product')
export type ProductId = ReturnType<typeof productId.new>
export const variantId = idOf('variant')
export type VariantId = ReturnType<typeof variantId.new>

export const productStatuses = ['draft', 'active', 'archived'] as const
export type ProductStatus = (typeof productStatuses)[number]

/** From a status to those it may become. What was archived comes back as a draft, to be looked at before it is sold. */
export const statusMoves: Readonly<Record<ProductStatus, readonly ProductStatus[]>> = {
  draft: ['active', 'archived'],
  active: ['draft', 'archived'],
  archived: ['draft'],
}

/** A choice a shopper makes, with its values in the order they are shown. */
export interface ProductOption {
  name: string
  values: string[]
}

/** A picture: an https address, or a file under `/media/`. Their order in the product is the order they are shown in. */
export interface ProductImage {
  url: string
  alt: string
}

export type AttributeValue = string | number | boolean | string[]

/** What a variant is of an option: Size is Medium. */
export interface OptionValue {
  name: string
  value: string
}

export const ProductSchema = defineEntity({
  name: 'Product',
  properties: {
    id: id(productId),
    slug: p.string().length(255).collation('C').unique('product_slug_unique'),
    /** Sorted as people sort words, whatever the database was created with. */
    title: p.string().length(255).collation('und-x-icu'),
    /** HTML or plain text, as it was given. */
    description: p.text(),
    vendor: p.string().length(255).nullable(),
    type: p.string().length(255).nullable(),
    status: p.enum(productStatuses),
    options: p.json<ProductOption[]>(),
    images: p.json<ProductImage[]>(),
    attributes: p.json<Record<string, AttributeValue>>(),
    tags: p.json<string[]>(),
    seoTitle: p.string().length(255).nullable(),
    seoDescription: p.string().length(1000).nullable(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  indexes: [
    { name: 'product_status', properties: ['status', 'id'] },
    {
      name: 'product_active_title',
      expression: `create index product_active_title on product (title, id) where status = 'active'`,
    },
    {
      name: 'product_title_words',
      expression: 'create index product_title_words on product using gin (title gin_trgm_ops)',
    },
    {
      name: 'product_attributes',
      expression: 'create index product_attributes on product using gin (attributes jsonb_path_ops)',
    },
  ],
})
export class Product extends ProductSchema.class {}
ProductSchema.setClass(Product)

export const ProductCategorySchema = defineEntity({
  name: 'ProductCategory',
  properties: {
    productId: () =>
      p
        .manyToOne(Product)
        .fieldName('product_id')
        .mapToPk()
        .primary()
        .deleteRule('cascade')
        .foreignKeyName('product_category_product_fk'),
    categoryId: () =>
      p
        .manyToOne(Category)
        .fieldName('category_id')
        .mapToPk()
        .primary()
        .deleteRule('restrict')
        .foreignKeyName('product_category_category_fk'),
  },
  indexes: [{ name: 'product_category_category_product', properties: ['categoryId', 'productId'] }],
})
export class ProductCategory extends ProductCategorySchema.class {}
ProductCategorySchema.setClass(ProductCategory)

/**
 * What is sold: one combination of the product's option values. A variant that was ordered is not deleted but archived:
 * it keeps its place in the orders, and nobody can buy it.
 */
export const VariantSchema = defineEntity({
  name: 'Variant',
  properties: {
    id: id(variantId),
    productId: () =>
      p.manyToOne(Product).fieldName('product_id').mapToPk().deleteRule('cascade').foreignKeyName('variant_product_fk'),
    /** Many shops have none; where there is one, no other variant has it. */
    sku: p.string().length(100).collation('C').nullable().unique('variant_sku_unique'),
    barcode: p.string().length(100).nullable(),
    /** The option values in one line, `Medium / Red`; empty for a product without options. */
    title: p.text(),
    /** One for each option of the product, in their order; empty for a product without options. */
    options: p.json<OptionValue[]>(),
    /** A digest of the option values: two variants of one product cannot be the same choice. See `optionKeyOf`. */
    optionKey: p.string().length(64).collation('C'),
    status: p.enum(['active', 'archived']),
    weightGrams: p.integer(),
    requiresShipping: p.boolean(),
    taxable: p.boolean(),
    /** Order among the variants of its product, smallest first. */
    position: p.integer(),
    imageUrl: p.text().nullable(),
    createdAt: createdAt(),
  },
  uniques: [{ name: 'variant_options_unique', properties: ['productId', 'optionKey'] }],
  indexes: [
    { name: 'variant_product_position', properties: ['productId', 'position', 'id'] },
    // However many were archived, shoppers do not wait for them to be passed over.
    {
      name: 'variant_active',
      expression: `create index variant_active on variant (product_id) where status = 'active'`,
    },
  ],
  checks: [
    { name: 'variant_weight', expression: 'weight_grams >= 0' },
    { name: 'variant_position', expression: 'position >= 0' },
  ],
})
export class Variant extends VariantSchema.class {}
VariantSchema.setClass(Variant)

/** What a variant costs in one currency. A variant without a price in a currency is not sold in it. */
export const VariantPriceSchema = defineEntity({
  name: 'VariantPrice',
  properties: {
    variantId: () =>
      p
        .manyToOne(Variant)
        .fieldName('variant_id')
        .mapToPk()
        .primary()
        .deleteRule('cascade')
        .foreignKeyName('variant_price_variant_fk'),
    currency: currency().primary(),
    amount: amount(),
    /** What it cost before, or elsewhere: shown, never charged. */
    compareAtAmount: amount().nullable(),
  },
  checks: [
    { name: 'variant_price_amount', expression: 'amount >= 0' },
    { name: 'variant_price_compare_at', expression: 'compare_at_amount >= 0' },
  ],
})
export class VariantPrice extends VariantPriceSchema.class {}
VariantPriceSchema.setClass(VariantPrice)

/**
 * What cards say of the prices and variants of each product on sale, per currency: what shoppers' lists walk along. Kept by
 * this slice in the transaction of every change to a product's status, variants or prices; see `refreshListedPrices`.
 */
export const ListedPriceSchema = defineEntity({
  name: 'ListedPrice',
  properties: {
    productId: () =>
      p
        .manyToOne(Product)
        .fieldName('product_id')
        .mapToPk()
        .primary()
        .deleteRule('cascade')
        .foreignKeyName('listed_price_product_fk'),
    currency: currency().primary(),
    minAmount: amount(),
    maxAmount: amount(),
    /** What the cheapest variant cost before. */
    compareAtAmount: amount().nullable(),
    /** Of all active variants, with or without a price here. Null in a row that a version before has written. */
    variantCount: p.integer().nullable(),
  },
  indexes: [
    { name: 'listed_price_newest', properties: ['currency', 'productId'] },
    { name: 'listed_price_lowest', properties: ['currency', 'minAmount', 'productId'] },
  ],
})
export class ListedPrice extends ListedPriceSchema.class {}
ListedPriceSchema.setClass(ListedPrice)
