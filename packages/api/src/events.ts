import { CategoryChanged } from './shop/category/events.ts'
import { ProductChanged, VariantChanged } from './shop/product/events.ts'

/** The catalogue: every event the shop publishes. */
export const events = [CategoryChanged, ProductChanged, VariantChanged] as const
