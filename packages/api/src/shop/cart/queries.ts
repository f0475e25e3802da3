import type { Context } from '../../platform/context.ts'
import { cartNotFound } from './errors.ts'
import { type Owner, ownerOf } from './owner.ts'
import { priceCart } from './price.ts'
import { readCart } from './read.ts'
import type { CartRef, CartView } from './schema.ts'
import { viewOf } from './view.ts'

/** A shopper's own cart, by id. */
export async function get(ctx: Context, { id }: CartRef): Promise<CartView> {
  const row = await readCart(ctx, { id, owner: ownerOf(ctx) })
  if (row === undefined) throw cartNotFound()
  return viewOf(ctx, priceCart(row))
}

/** The cart that the shopper is filling, if there is one. */
export const current = (ctx: Context): Promise<CartView | null> => openOf(ctx, ownerOf(ctx))

export async function openOf(ctx: Context, owner: Owner | null): Promise<CartView | null> {
  const row = await readCart(ctx, { openOf: owner })
  return row === undefined ? null : viewOf(ctx, priceCart(row))
}
