import { LockMode } from '@mikro-orm/core'
import type { Context } from '../../platform/context.ts'
import type { Fault } from '../../platform/errors.ts'
import { sqlState } from '../../platform/transaction.ts'
import { Product, type ProductId } from './entity.ts'
import { productNotFound } from './errors.ts'

/** PostgreSQL 18 tells a `restrict` (23001) from the other foreign keys (23503); earlier ones do not. */
const STILL_REFERRED_TO: ReadonlySet<unknown> = new Set(['23001', '23503'])

/** The product's row is the lock of all that belongs to it: variants, prices, categories. Taken before any of them. */
export async function lockProduct(ctx: Context, id: ProductId): Promise<Product> {
  const product = await ctx.em.findOne(Product, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
  if (product === null) throw productNotFound()
  return product
}

/** Writes a removal. What other slices must keep refers to the row, and the database refuses; which slice does not matter. */
export async function flushRemoval(ctx: Context, inUse: () => Fault): Promise<void> {
  try {
    await ctx.em.flush()
  } catch (error) {
    throw STILL_REFERRED_TO.has(sqlState(error)) ? inUse() : error
  }
}
