import { z } from 'zod'
import { conflict } from '../../platform/errors.ts'
import { variantId } from '../product/index.ts'

export const outOfStock = conflict(
  'out_of_stock',
  'There is not enough in stock.',
  z.object({ lines: z.array(z.object({ variantId: variantId.schema, requested: z.int(), available: z.int() })) }),
)
export const belowReserved = conflict(
  'below_reserved',
  'Orders have reserved more than would be left.',
  z.object({ variantId: variantId.schema, reserved: z.int(), onHand: z.int() }),
)
export const stockLimit = conflict(
  'stock_limit',
  'An item cannot hold that many.',
  z.object({ variantId: variantId.schema, max: z.int() }),
)
