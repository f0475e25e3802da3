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
