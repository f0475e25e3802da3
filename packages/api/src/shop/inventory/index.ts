export {
  InventoryItem,
  InventoryItemSchema,
  MAX_ON_HAND,
  type OrderRef,
  orderRef,
  Reservation,
  ReservationSchema,
  StockMovement,
  StockMovementSchema,
} from './entity.ts'
export { belowReserved, outOfStock, stockLimit } from './errors.ts'
export { AvailabilityChanged } from './events.ts'
export { inventoryFigures } from './figures.ts'
export { inventoryInvariants } from './invariants.ts'
export type { VariantQuantity } from './items.ts'
export { proveStock, type StockDifference } from './prove.ts'
export { availability } from './queries.ts'
export { type Reserve, reserve, reserving } from './reserve.ts'
export { release, restock, sell } from './settle.ts'
