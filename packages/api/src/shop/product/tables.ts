import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../../platform/context.ts'
import type {
  ListedPriceSchema,
  ProductCategorySchema,
  ProductSchema,
  VariantPriceSchema,
  VariantSchema,
} from './entity.ts'

type Tables = InferKyselyDB<
  | typeof ProductSchema
  | typeof ProductCategorySchema
  | typeof VariantSchema
  | typeof VariantPriceSchema
  | typeof ListedPriceSchema
>

/** This slice's tables, in the call's transaction if it has one. */
export const tables = (ctx: Context) => ctx.em.getKysely<Tables>()
