import { z } from 'zod'
import { defineEvent } from '../../platform/event-contract.ts'
import { productId, productStatuses, variantId } from './entity.ts'

export const ProductChanged = defineEvent(
  'product.changed',
  1,
  z.object({
    productId: productId.schema,
    change: z.enum(['created', 'updated', 'deleted']),
    status: z.enum(productStatuses),
  }),
)

/** Variants of one product, or their prices. Keyed by the product, so that its events stay in order. */
export const VariantChanged = defineEvent(
  'variant.changed',
  1,
  z.object({
    productId: productId.schema,
    variantIds: z.array(variantId.schema),
    change: z.enum(['created', 'updated', 'deleted', 'priced']),
  }),
)
