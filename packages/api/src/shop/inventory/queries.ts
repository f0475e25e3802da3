import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { type VariantId, variantId, variantNotFound } from '../product/index.ts'
import { movementId, reservationId } from './entity.ts'
import { db } from './items.ts'
import type {
  GetStock,
  ListMovements,
  ListReservations,
  ListStock,
  Movement,
  ReservationView,
  StockLevel,
} from './schema.ts'

const isTracked = sql<boolean>`coalesce(item.tracked, true)`
const onHand = sql<number>`coalesce(item.on_hand, 0)`
const reserved = sql<number>`coalesce(item.reserved, 0)`

/** Every variant has a level: one that nobody has counted is tracked and empty. */
const select = (ctx: Context) =>
  db(ctx)
    .selectFrom('variant')
    .innerJoin('product', 'product.id', 'variant.product_id')
    .leftJoin('inventory_item as item', 'item.variant_id', 'variant.id')
    .select([
      'variant.id as variantId',
      'product.id as productId',
      'product.title as productTitle',
      'variant.title as variantTitle',
      'variant.sku',
      isTracked.as('tracked'),
      onHand.as('onHand'),
      reserved.as('reserved'),
      sql<number | null>`case when ${isTracked} then ${onHand} - ${reserved} end`.as('available'),
    ])

export async function get(ctx: Context, { variantId }: GetStock): Promise<StockLevel> {
  const level = await select(ctx).where('variant.id', '=', variantId).executeTakeFirst()
  if (level === undefined) throw variantNotFound()
  return level
}

export const levelsOf = (ctx: Context, variantIds: readonly VariantId[]): Promise<StockLevel[]> =>
  select(ctx).where('variant.id', 'in', variantIds).orderBy('variant.id').execute()

export async function list(ctx: Context, input: ListStock): Promise<Page<StockLevel>> {
  let rows = select(ctx)
    .orderBy('variant.id')
    .limit(input.limit + 1)
  if (input.variantIds !== undefined) rows = rows.where('variant.id', 'in', input.variantIds)
  if (input.tracked !== undefined) rows = rows.where(isTracked, '=', input.tracked)
  if (input.availableAtMost !== undefined)
    rows = rows.where(sql<boolean>`(${isTracked} and ${onHand} - ${reserved} <= ${input.availableAtMost})`)
  if (input.cursor !== undefined) {
    const [after] = decodeCursor(input.cursor, 'variant', [variantId.schema])
    rows = rows.where('variant.id', '>', after)
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('variant', [row.variantId]),
    (row) => row,
  )
}

/** The ledger, newest first. */
export async function movements(ctx: Context, input: ListMovements): Promise<Page<Movement>> {
  let rows = db(ctx)
    .selectFrom('stock_movement')
    .select(['id', 'variant_id as variantId', 'delta', 'reason', 'order_id as orderId', 'note', 'actor', 'at'])
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.variantId !== undefined) rows = rows.where('variant_id', '=', input.variantId)
  if (input.orderId !== undefined) rows = rows.where('order_id', '=', input.orderId)
  if (input.cursor !== undefined) {
    const [before] = decodeCursor(input.cursor, 'newest', [movementId.schema])
    rows = rows.where('id', '<', before)
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('newest', [row.id]),
    (row) => row,
  )
}

/** What orders keep or kept, newest first. */
export async function reservations(ctx: Context, input: ListReservations): Promise<Page<ReservationView>> {
  let rows = db(ctx)
    .selectFrom('reservation')
    .select(['id', 'order_id as orderId', 'variant_id as variantId', 'quantity', 'state'])
    .select(['expires_at as expiresAt', 'created_at as createdAt'])
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.variantId !== undefined) rows = rows.where('variant_id', '=', input.variantId)
  if (input.orderId !== undefined) rows = rows.where('order_id', '=', input.orderId)
  if (input.state !== undefined) rows = rows.where('state', '=', input.state)
  if (input.cursor !== undefined) {
    const [before] = decodeCursor(input.cursor, 'newest', [reservationId.schema])
    rows = rows.where('id', '<', before)
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('newest', [row.id]),
    (row) => row,
  )
}

/** How many of each variant can be sold now. */
export async function availability(
  ctx: Context,
  variantIds: readonly VariantId[],
): Promise<Map<VariantId, number | 'unlimited'>> {
  const found = new Map<VariantId, number | 'unlimited'>(variantIds.map((id) => [id, 0]))
  if (variantIds.length === 0) return found
  const items = await db(ctx)
    .selectFrom('inventory_item')
    .select(['variant_id as variantId', 'tracked', 'on_hand as onHand', 'reserved'])
    .where('variant_id', 'in', variantIds)
    .execute()
  for (const item of items) found.set(item.variantId, item.tracked ? item.onHand - item.reserved : 'unlimited')
  return found
}
