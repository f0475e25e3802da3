import { z } from 'zod'
import { pageInput } from '../../platform/pages.ts'
import { text } from '../../platform/text.ts'
import { productId, variantId } from '../product/index.ts'
import {
  adjustReasons,
  MAX_ON_HAND,
  movementId,
  movementReasons,
  orderRef,
  reservationId,
  reservationStates,
} from './entity.ts'

export const MAX_BATCH = 250

export const StockLevel = z.object({
  variantId: variantId.schema,
  productId: productId.schema,
  productTitle: z.string(),
  /** The option values, `Medium / Red`; empty for a product without options. */
  variantTitle: z.string(),
  sku: z.string().nullable(),
  tracked: z.boolean(),
  onHand: z.int(),
  reserved: z.int(),
  /** What can be sold now; null when it sells without limit. */
  available: z.int().nullable(),
})
export type StockLevel = z.infer<typeof StockLevel>

export const StockLevels = z.object({ levels: z.array(StockLevel) })
export type StockLevels = z.infer<typeof StockLevels>

export const GetStock = z.strictObject({ variantId: variantId.schema })
export type GetStock = z.infer<typeof GetStock>

export const ListStock = z.strictObject({
  ...pageInput,
  variantIds: z.array(variantId.schema).min(1).max(100).optional(),
  /** Low stock: tracked, and no more than that many left to sell. */
  availableAtMost: z.int().min(0).max(MAX_ON_HAND).optional(),
  tracked: z.boolean().optional(),
})
export type ListStock = z.infer<typeof ListStock>

const note = text(500)

const counted = {
  variantId: variantId.schema,
  onHand: z.int().min(-MAX_ON_HAND).max(MAX_ON_HAND),
  /** Stays as it is when left out; a new item is tracked. */
  tracked: z.boolean().optional(),
}

const whole = (level: { onHand: number; tracked?: boolean | undefined }): boolean =>
  level.onHand >= 0 || level.tracked === false
const wholeError = { path: ['onHand'], message: 'must not be negative, unless the item is set untracked' }

export const SetLevel = z.strictObject({ ...counted, note: note.optional() }).refine(whole, wholeError)
export type SetLevel = z.infer<typeof SetLevel>

export const SetLevels = z.strictObject({
  levels: z
    .array(z.strictObject(counted).refine(whole, wholeError))
    .min(1)
    .max(MAX_BATCH)
    .refine(
      (levels) => new Set(levels.map((level) => level.variantId)).size === levels.length,
      'must not hold a variant twice',
    ),
  note: note.optional(),
})
export type SetLevels = z.infer<typeof SetLevels>

export const Adjust = z
  .strictObject({
    variantId: variantId.schema,
    /** Units that came (above zero) or went (below). */
    delta: z.int().min(-MAX_ON_HAND).max(MAX_ON_HAND),
    reason: z.enum(adjustReasons),
    note: note.optional(),
  })
  .refine(({ delta }) => delta !== 0, { path: ['delta'], message: 'must not be zero' })
  .refine(({ delta, reason }) => !(delta < 0 && (reason === 'received' || reason === 'returned')), {
    path: ['delta'],
    message: 'must be above zero for this reason',
  })
  .refine(({ delta, reason }) => !(delta > 0 && reason === 'written_off'), {
    path: ['delta'],
    message: 'must be below zero for this reason',
  })
export type Adjust = z.infer<typeof Adjust>

export const SetTracked = z.strictObject({ variantId: variantId.schema, tracked: z.boolean() })
export type SetTracked = z.infer<typeof SetTracked>

export const Movement = z.object({
  id: movementId.schema,
  variantId: variantId.schema,
  delta: z.int(),
  reason: z.enum(movementReasons),
  orderId: orderRef.schema.nullable(),
  note: z.string().nullable(),
  actor: z.string(),
  at: z.date(),
})
export type Movement = z.infer<typeof Movement>

export const ListMovements = z.strictObject({
  ...pageInput,
  variantId: variantId.schema.optional(),
  orderId: orderRef.schema.optional(),
})
export type ListMovements = z.infer<typeof ListMovements>

export const ReservationView = z.object({
  id: reservationId.schema,
  orderId: orderRef.schema,
  variantId: variantId.schema,
  quantity: z.int(),
  state: z.enum(reservationStates),
  expiresAt: z.date(),
  createdAt: z.date(),
})
export type ReservationView = z.infer<typeof ReservationView>

export const ListReservations = z.strictObject({
  ...pageInput,
  variantId: variantId.schema.optional(),
  orderId: orderRef.schema.optional(),
  state: z.enum(reservationStates).optional(),
})
export type ListReservations = z.infer<typeof ListReservations>
