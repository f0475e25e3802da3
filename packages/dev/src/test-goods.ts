import type { ProductId, VariantId } from '@barrow/api/product'
import { type Actor, type Context, createContext } from '@barrow/api/runtime'
import { inTransaction } from '@barrow/api/work'
import type { Caller, TestShop } from './test-shop.ts'

type Price = Parameters<Caller['variant']['create']>[0]['variants'][number]['prices']

export interface Goods {
  productId: ProductId
  /** In the order of their ids. */
  variantIds: VariantId[]
}

let count = 0

/** An active product with so many variants, and so many of each in stock; none are counted when left out. */
export async function goods(
  shop: TestShop,
  { variants = 1, onHand, prices = [{ currency: 'EUR', amount: 1999 }] }: GoodsOptions = {},
): Promise<Goods> {
  count += 1
  const values = Array.from({ length: variants }, (_, index) => `${index}`)
  const { id: productId } = await shop.system.product.create({
    slug: `goods-${count}`,
    title: `Goods ${count}`,
    status: 'active',
    options: [{ name: 'Number', values }],
  })
  const made = await shop.system.variant.create({
    productId,
    variants: values.map((value) => ({ optionValues: [value], prices })),
  })
  const variantIds = made.variants.map((variant) => variant.id).sort()
  if (onHand !== undefined)
    await shop.system.inventory.setLevels({ levels: variantIds.map((variantId) => ({ variantId, onHand })) })
  return { productId, variantIds }
}

export interface GoodsOptions {
  variants?: number
  onHand?: number
  prices?: NonNullable<Price>
}

/** Calls what a slice offers to other slices, in one transaction: as a program of the shop, or as whom you name. */
export function transact<T>(
  shop: TestShop,
  work: (ctx: Context) => Promise<T>,
  actor: Actor = { kind: 'system', name: 'test' },
): Promise<T> {
  const credentials = { setSession: () => {}, setGuest: () => {} }
  const ctx = createContext(shop.runtime, { actor, requestId: 'test', credentials })
  return inTransaction(ctx, work)
}
