export { guestTokenOf } from './access.ts'
export {
  Order,
  type OrderId,
  OrderLineSchema,
  OrderMomentSchema,
  OrderNoteSchema,
  OrderSchema,
  orderId,
} from './entity.ts'
export { anonymiseOf } from './erase.ts'
export * from './events.ts'
export { orderInvariants } from './invariants.ts'
export { KeptOrder, keptOf } from './kept.ts'
export { heed, heedOpen } from './notices.ts'
export { capture, type Effect, letGo, payBack } from './process.ts'
export { get } from './queries.ts'
export { OrderSummary, OrderView } from './schema.ts'
export { completePayments, expireUnpaid } from './sweep.ts'
export { completeUnanswered } from './unanswered.ts'
