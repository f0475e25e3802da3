import { z } from 'zod'
import { conflict } from '../../platform/errors.ts'
import { Total } from '../../platform/money.ts'

export const nothingToRefund = conflict('nothing_to_refund', 'Nothing was paid that could be handed back.')
export const refundTooLarge = conflict(
  'refund_too_large',
  'No more can be handed back than was paid.',
  z.object({ refundable: Total, currency: z.string() }),
)
