export {
  ShippingMethod,
  type ShippingMethodId,
  ShippingMethodSchema,
  ShippingPrice,
  ShippingPriceSchema,
  shippingMethodId,
} from './entity.ts'
export { shippingMethodNotFound } from './errors.ts'
export { isOffered } from './queries.ts'
export { ShippingOffer } from './schema.ts'
