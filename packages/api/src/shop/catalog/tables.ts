import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { over } from '../../platform/statement.ts'
import type { CategorySchema } from '../category/index.ts'
import type { InventoryItemSchema } from '../inventory/index.ts'
import type {
  ListedPriceSchema,
  ProductCategorySchema,
  ProductSchema,
  VariantPriceSchema,
  VariantSchema,
} from '../product/index.ts'

export type Tables = InferKyselyDB<
  | typeof CategorySchema
  | typeof ProductSchema
  | typeof ProductCategorySchema
  | typeof VariantSchema
  | typeof VariantPriceSchema
  | typeof ListedPriceSchema
  | typeof InventoryItemSchema
>

/** The tables a shopper's page is made of; read here, written by the slices they belong to. */
export const tables = (ctx: Context) => ctx.em.getKysely<Tables>()
/** The same, for statements that are built once. */
export const catalogue = over<Tables>()

/** Products on sale in one currency. */
export type Matching = SelectQueryBuilder<Tables, 'listed_price' | 'product', object>
export type Row = ExpressionBuilder<Tables, 'listed_price' | 'product'>
