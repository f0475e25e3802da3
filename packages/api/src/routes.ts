import { eventRouter } from './platform/events/router.ts'
import { addressRouter } from './shop/address/router.ts'
import { accountRouter, auditRouter } from './shop/auth/account-router.ts'
import { apiKeyRouter } from './shop/auth/key-router.ts'
import { authRouter } from './shop/auth/router.ts'
import { totpRouter } from './shop/auth/totp-router.ts'
import { cartRouter } from './shop/cart/router.ts'
import { catalogRouter } from './shop/catalog/router.ts'
import { categoryRouter } from './shop/category/router.ts'
import { inventoryRouter } from './shop/inventory/router.ts'
import { orderRouter } from './shop/order/router.ts'
import { productRouter, variantRouter } from './shop/product/router.ts'
import { shippingMethodRouter } from './shop/shipping/router.ts'
import { taxRateRouter } from './shop/tax/router.ts'
import { userRouter } from './shop/user/router.ts'
import { webhookRouter } from './shop/webhook/router.ts'

/** The table of contents: every procedure a caller can reach, by the name they call it. */
export const routes = {
  auth: { ...authRouter, ...totpRouter },
  user: { ...userRouter, ...accountRouter },
  address: addressRouter,
  apiKey: apiKeyRouter,
  audit: auditRouter,
  category: categoryRouter,
  product: { ...catalogRouter, ...productRouter },
  variant: variantRouter,
  inventory: inventoryRouter,
  cart: cartRouter,
  shippingMethod: shippingMethodRouter,
  taxRate: taxRateRouter,
  order: orderRouter,
  webhook: webhookRouter,
  event: eventRouter,
}
