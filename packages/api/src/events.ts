import { authEvents } from './shop/auth/events.ts'
import { CategoryChanged } from './shop/category/events.ts'
import { AvailabilityChanged } from './shop/inventory/events.ts'
import { orderEvents } from './shop/order/events.ts'
import { ProductChanged, VariantChanged } from './shop/product/events.ts'
import { UserChanged } from './shop/user/events.ts'
import { webhookEvents } from './shop/webhook/events.ts'

/** The catalogue: every event the shop publishes. */
export const events = [
  CategoryChanged,
  ProductChanged,
  VariantChanged,
  AvailabilityChanged,
  UserChanged,
  ...authEvents,
  ...orderEvents,
  ...webhookEvents,
] as const
