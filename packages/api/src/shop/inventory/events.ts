import { z } from 'zod'
import { defineEvent } from '../../platform/event-contract.ts'
import { productId, variantId } from '../product/index.ts'

/** Variants of one product that can be bought from now on, or cannot any more. Keyed by the product. */
export const AvailabilityChanged = defineEvent(
  'inventory.availability_changed',
  1,
  z.object({ productId: productId.schema, variantIds: z.array(variantId.schema), available: z.boolean() }),
)
