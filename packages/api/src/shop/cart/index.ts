export { removeAbandoned } from './abandoned.ts'
export { eraseOf } from './commands.ts'
export {
  Cart,
  type CartId,
  CartLine,
  type CartLineId,
  CartLineSchema,
  CartSchema,
  cartId,
  cartLineId,
  MAX_LINES,
} from './entity.ts'
export {
  cartClosed,
  cartEmpty,
  cartIncomplete,
  cartNotFound,
  linesUnavailable,
  priceChanged,
  quoteInvalid,
} from './errors.ts'
export { KeptCart, keptOf } from './kept.ts'
export { merge } from './merge.ts'
export { lockForOrder, ordered, type PricedCart, verifyQuote } from './order.ts'
export { CartTotals, CartView } from './schema.ts'
