export {
  type Discount,
  type PricedLine,
  type PricedOrder,
  type PriceOrder,
  priceOrder,
  type Tax,
  WHOLE,
} from './price-order.ts'
