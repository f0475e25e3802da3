import { categoryRouter } from './shop/category/router.ts'
import { productRouter, variantRouter } from './shop/product/router.ts'
import { shippingMethodRouter } from './shop/shipping/router.ts'
import { taxRateRouter } from './shop/tax/router.ts'

/** The table of contents: every procedure a caller can reach, by the name they call it. */
export const routes = {
  category: categoryRouter,
  product: productRouter,
  variant: variantRouter,
  shippingMethod: shippingMethodRouter,
  taxRate: taxRateRouter,
}
