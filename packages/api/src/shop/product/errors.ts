import { z } from 'zod'
import { conflict, invalid, notFound } from '../../platform/errors.ts'
import { productStatuses, variantId } from './entity.ts'

export const productNotFound = notFound('product_not_found', 'There is no such product.')
export const productInUse = conflict('product_in_use', 'The product was ordered. Archive it instead.')
export const statusMoveRefused = conflict(
  'status_move_refused',
  'A product cannot go from this status to that one.',
  z.object({ from: z.enum(productStatuses), to: z.enum(productStatuses) }),
)
export const optionsInUse = conflict(
  'options_in_use',
  'The variants use what would be gone: the number of options stays, and every value that a variant has.',
  z.object({ values: z.array(z.string()) }),
)

export const variantNotFound = notFound('variant_not_found', 'There is no such variant.')
export const variantInUse = conflict('variant_in_use', 'The variant was ordered. Archive it instead.')
export const tooManyVariants = conflict(
  'too_many_variants',
  'A product has at most that many variants.',
  z.object({ max: z.int() }),
)
export const optionValuesWrong = invalid(
  'option_values_wrong',
  'A variant names one value for each option of its product.',
  z.object({ optionValues: z.array(z.string()), options: z.array(z.string()) }),
)
export const optionValuesTaken = conflict(
  'option_values_taken',
  'Another variant of the product has these option values.',
  z.object({ optionValues: z.array(z.string()), variantId: variantId.schema.nullable() }),
)
export const skuTaken = conflict(
  'sku_taken',
  'Another variant has this SKU.',
  // In a race the database only says that one of them is taken: then these are all that the call would have written.
  z.object({ skus: z.array(z.string()) }),
)
