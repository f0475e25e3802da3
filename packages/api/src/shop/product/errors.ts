import { z } from 'zod'
import { conflict, notFound } from '../../platform/errors.ts'
import { variantId } from './entity.ts'

export const productNotFound = notFound('product_not_found', 'There is no such product.')
export const variantNotFound = notFound('variant_not_found', 'There is no such variant.')
export const skuTaken = conflict('sku_taken', 'Another variant has this SKU.', z.object({ skus: z.array(z.string()) }))
export const optionValuesTaken = conflict(
  'option_values_taken',
  'Another variant of the product has these option values.',
  z.object({ optionValues: z.array(z.string()), variantId: variantId.schema.nullable() }),
)
