export {
  type OptionValue,
  Product,
  type ProductId,
  ProductSchema,
  productId,
  Variant,
  type VariantId,
  VariantPrice,
  VariantPriceSchema,
  VariantSchema,
  variantId,
} from './entity.ts'
export { productNotFound, variantNotFound } from './errors.ts'
