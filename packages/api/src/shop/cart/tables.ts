import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../../platform/context.ts'
import { over } from '../../platform/statement.ts'
import type { InventoryItemSchema } from '../inventory/index.ts'
import type { ProductSchema, VariantPriceSchema, VariantSchema } from '../product/index.ts'
import type { ShippingMethodSchema, ShippingPriceSchema } from '../shipping/index.ts'
import type { TaxRateSchema } from '../tax/index.ts'
import type { UserSchema } from '../user/index.ts'
import type { CartLineSchema, CartSchema } from './entity.ts'

/** What this slice writes, and what it reads with it. */
export type Tables = InferKyselyDB<
  | typeof CartSchema
  | typeof CartLineSchema
  | typeof UserSchema
  | typeof ProductSchema
  | typeof VariantSchema
  | typeof VariantPriceSchema
  | typeof InventoryItemSchema
  | typeof ShippingMethodSchema
  | typeof ShippingPriceSchema
  | typeof TaxRateSchema
>

/** For statements that are built once. */
export const carts = over<Tables>()
export const db = (ctx: Context) => ctx.em.getKysely<Tables>()
