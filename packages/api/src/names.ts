import { z } from 'zod'
import * as events from './platform/events/schema.ts'
import * as address from './shop/address/schema.ts'
import * as key from './shop/auth/key-schema.ts'
import * as auth from './shop/auth/schema.ts'
import * as cart from './shop/cart/schema.ts'
import * as catalog from './shop/catalog/schema.ts'
import * as category from './shop/category/schema.ts'
import * as inventory from './shop/inventory/schema.ts'
import * as order from './shop/order/schema.ts'
import * as product from './shop/product/schema.ts'
import * as variant from './shop/product/variant-schema.ts'
import * as shipping from './shop/shipping/schema.ts'
import * as tax from './shop/tax/schema.ts'
import * as user from './shop/user/schema.ts'
import * as webhook from './shop/webhook/schema.ts'

const slices = [address, auth, key, cart, catalog, category, inventory, order, product, variant, shipping, tax]
const others = [user, webhook, events]

/** What the slices call their objects: the names of inputs and views in documents. What has none is written out there. */
export const names: ReadonlyMap<z.core.$ZodType, string> = new Map(
  [...slices, ...others].flatMap((slice) =>
    Object.entries(slice).flatMap(([name, value]): [z.core.$ZodType, string][] =>
      value instanceof z.ZodObject ? [[value, name]] : [],
    ),
  ),
)
