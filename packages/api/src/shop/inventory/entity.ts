import { defineEntity, p } from '@mikro-orm/core'
import { createdAt, id } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'
import { Variant } from '../product/entity.ts'

export const movementId = idOf('movement')
export type MovementId = ReturnType<typeof movementId.new>
export const reservationId = idOf('reservation')
export type ReservationId = ReturnType<typeof reservationId.new>

/** Stock knows an order by its id only: the order's own table belongs to a slice above. */
export const orderRef = idOf('order')
export type OrderRef = ReturnType<typeof orderRef.new>

/** The most units one item holds. */
export const MAX_ON_HAND = 1_000_000_000

/**
 * The stock of one variant. `onHand` is the sum of its movements, `reserved` the sum of its live reservations, and what
 * can be sold is the difference. An untracked item sells without limit and keeps its ledger, which may go below zero.
 */
export const InventoryItemSchema = defineEntity({
  name: 'InventoryItem',
  properties: {
    variantId: () =>
      p
        .manyToOne(Variant)
        .fieldName('variant_id')
        .mapToPk()
        .primary()
        .deleteRule('cascade')
        .foreignKeyName('inventory_item_variant_fk'),
    tracked: p.boolean(),
    onHand: p.integer(),
    reserved: p.integer(),
  },
  checks: [
    { name: 'inventory_item_reserved', expression: 'reserved >= 0 and (not tracked or reserved <= on_hand)' },
    { name: 'inventory_item_on_hand', expression: 'on_hand <= 1000000000 and (not tracked or on_hand >= 0)' },
  ],
})
export class InventoryItem extends InventoryItemSchema.class {}
InventoryItemSchema.setClass(InventoryItem)

/** What staff may say of a change; `counted` is a level they set, `sold` and `restocked` are an order's. */
export const adjustReasons = ['received', 'returned', 'written_off', 'correction'] as const
export const movementReasons = [...adjustReasons, 'counted', 'sold', 'restocked'] as const
export type MovementReason = (typeof movementReasons)[number]

/** The ledger: one row for each time that units came or went. Rows are added, never changed. */
export const StockMovementSchema = defineEntity({
  name: 'StockMovement',
  properties: {
    id: id(movementId),
    variantId: () =>
      p
        .manyToOne(InventoryItem)
        .fieldName('variant_id')
        .mapToPk()
        .deleteRule('cascade')
        .foreignKeyName('stock_movement_item_fk'),
    /** Units that came (above zero) or went (below). */
    delta: p.integer(),
    reason: p.enum(movementReasons),
    orderId: p.string().$type<OrderRef>().length(64).collation('C').nullable(),
    note: p.string().length(500).nullable(),
    /** Who: an id, never a name. */
    actor: p.string().length(255),
    at: createdAt(),
  },
  indexes: [{ properties: ['variantId', 'id'] }, { properties: ['orderId', 'variantId'] }],
  checks: [{ name: 'stock_movement_delta', expression: 'delta <> 0' }],
})
export class StockMovement extends StockMovementSchema.class {}
StockMovementSchema.setClass(StockMovement)

export const reservationStates = ['live', 'sold', 'released'] as const

/** Units kept for an order until they are sold or given back. What an order has reserved keeps its variant from deletion. */
export const ReservationSchema = defineEntity({
  name: 'Reservation',
  properties: {
    id: id(reservationId),
    orderId: p.string().$type<OrderRef>().length(64).collation('C'),
    variantId: () =>
      p
        .manyToOne(InventoryItem)
        .fieldName('variant_id')
        .mapToPk()
        .deleteRule('restrict')
        .foreignKeyName('reservation_item_fk'),
    quantity: p.integer(),
    state: p.enum(reservationStates),
    /** When the order has to be paid, by the database's clock. Its units stay reserved until somebody gives them back. */
    expiresAt: p.datetime(3).$type<Date>(),
    createdAt: createdAt(),
  },
  indexes: [
    { properties: ['variantId', 'id'] },
    { properties: ['orderId'] },
    {
      name: 'reservation_live_unique',
      expression: `create unique index reservation_live_unique on reservation (order_id, variant_id) where state = 'live'`,
    },
    {
      name: 'reservation_live_expiry',
      expression: `create index reservation_live_expiry on reservation (expires_at) where state = 'live'`,
    },
  ],
  checks: [{ name: 'reservation_quantity', expression: 'quantity > 0' }],
})
export class Reservation extends ReservationSchema.class {}
ReservationSchema.setClass(Reservation)
