export {
  type AttributeValue,
  ListedPriceSchema,
  type OptionValue,
  Product,
  ProductCategorySchema,
  type ProductId,
  ProductSchema,
  productId,
  productStatuses,
  Variant,
  type VariantId,
  VariantPrice,
  VariantPriceSchema,
  VariantSchema,
  variantId,
} from './entity.ts'
export { productNotFound, variantNotFound } from './errors.ts'
export { ProductChanged, VariantChanged } from './events.ts'
export { ImageUrl } from './image-url.ts'
export { activeVariants, cheapestBefore, completeListedPrices } from './listed-prices.ts'
export { titleHolds } from './title.ts'
