import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { categoryNotFound, slugTaken } from '../category/index.ts'
import { create, remove, setStatus, update } from './commands.ts'
import {
  optionsInUse,
  optionValuesTaken,
  optionValuesWrong,
  productInUse,
  productNotFound,
  skuTaken,
  statusMoveRefused,
  tooManyVariants,
  variantInUse,
  variantNotFound,
} from './errors.ts'
import { getAny, listAll } from './queries.ts'
import {
  CreateProduct,
  GetProduct,
  ListAllProducts,
  ProductDetails,
  ProductRecord,
  ProductRef,
  ProductSummary,
  SetProductStatus,
  UpdateProduct,
} from './schema.ts'
import { setPrices } from './set-prices.ts'
import { getVariant, listVariants } from './variant-queries.ts'
import {
  CreateVariants,
  GetVariant,
  ListVariants,
  PricesView,
  SetPrices,
  UpdateVariant,
  VariantRef,
  VariantsView,
  VariantView,
} from './variant-schema.ts'
import { createVariants, removeVariant, updateVariant } from './variants.ts'

/** What staff do with products; what shoppers read of them is the catalog's. Both are `product` to their callers. */
export const productRouter = {
  listAll: query(
    {
      access: 'catalog:read',
      rest: 'GET /admin/products',
      summary: 'Every product whatever its status, newest first unless asked otherwise.',
      input: ListAllProducts,
      output: pageOf(ProductSummary),
    },
    listAll,
  ),
  getAny: query(
    {
      access: 'catalog:read',
      rest: ['GET /admin/products/{id}', 'GET /admin/products/by-slug/{slug}'],
      summary: 'One product whatever its status, by id or slug, with its first 100 variants and all their prices.',
      input: GetProduct,
      output: ProductDetails,
      errors: [productNotFound],
    },
    getAny,
  ),
  create: mutation(
    {
      access: 'catalog:write',
      rest: 'POST /products -> /admin/products/{id}',
      summary: 'Adds a product, a draft unless it says otherwise. Its variants are added by variant.create.',
      input: CreateProduct,
      output: ProductRecord,
      errors: [slugTaken, categoryNotFound],
    },
    create,
  ),
  update: mutation(
    {
      access: 'catalog:write',
      rest: 'PATCH /products/{id}',
      summary: 'Changes a product; what is left out stays, what is given replaces.',
      input: UpdateProduct,
      output: ProductRecord,
      errors: [productNotFound, slugTaken, categoryNotFound, optionsInUse],
    },
    update,
  ),
  setStatus: mutation(
    {
      access: 'catalog:write',
      rest: 'PUT /products/{id}/status',
      summary: 'Puts a product on sale, takes it off, or archives it. An archived one comes back as a draft.',
      input: SetProductStatus,
      output: ProductRecord,
      errors: [productNotFound, statusMoveRefused],
    },
    setStatus,
  ),
  delete: mutation(
    {
      access: 'catalog:write',
      rest: 'DELETE /products/{id} -> 204',
      summary: 'Deletes a product that was never ordered, with its variants.',
      input: ProductRef,
      output: ProductRef,
      errors: [productNotFound, productInUse],
    },
    remove,
  ),
} satisfies TRPCRouterRecord

export const variantRouter = {
  list: query(
    {
      access: 'catalog:read',
      rest: 'GET /admin/products/{productId}/variants',
      summary: 'The variants of a product in order, with their prices in every currency.',
      input: ListVariants,
      output: pageOf(VariantView),
    },
    listVariants,
  ),
  get: query(
    {
      access: 'catalog:read',
      rest: ['GET /variants/{id}', 'GET /variants/by-sku/{sku}'],
      summary: 'One variant, by id or SKU.',
      input: GetVariant,
      output: VariantView,
      errors: [variantNotFound],
    },
    getVariant,
  ),
  create: mutation(
    {
      access: 'catalog:write',
      rest: 'POST /products/{productId}/variants -> 201',
      summary: 'Adds up to 250 variants to a product, all or none. New option values are added to its options.',
      input: CreateVariants,
      output: VariantsView,
      errors: [productNotFound, tooManyVariants, optionValuesWrong, optionValuesTaken, skuTaken],
    },
    createVariants,
  ),
  update: mutation(
    {
      access: 'catalog:write',
      rest: 'PATCH /variants/{id}',
      summary: 'Changes a variant; what is left out stays. Archived, it is kept for its orders and not sold.',
      input: UpdateVariant,
      output: VariantView,
      errors: [variantNotFound, productNotFound, optionValuesWrong, optionValuesTaken, skuTaken],
    },
    updateVariant,
  ),
  delete: mutation(
    {
      access: 'catalog:write',
      rest: 'DELETE /variants/{id} -> 204',
      summary: 'Deletes a variant that was never ordered.',
      input: VariantRef,
      output: VariantRef,
      errors: [variantNotFound, productNotFound, variantInUse],
    },
    removeVariant,
  ),
  setPrices: mutation(
    {
      access: 'catalog:write',
      rest: 'PUT /prices',
      recentLogin: true,
      summary:
        'Sets up to 250 prices of variants, all or none. An amount of null takes the variant off sale in that currency.',
      input: SetPrices,
      output: PricesView,
      errors: [variantNotFound],
    },
    setPrices,
  ),
} satisfies TRPCRouterRecord
