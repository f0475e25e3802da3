import { LockMode } from '@mikro-orm/core'
import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { publish } from '../../platform/outbox.ts'
import { Product, type ProductId, type VariantId, VariantPrice } from './entity.ts'
import { variantNotFound } from './errors.ts'
import { VariantChanged } from './events.ts'
import { refreshListedPrices } from './listed-prices.ts'
import { tables } from './tables.ts'
import type { PricesView, SetPrices } from './variant-schema.ts'

/** Sets up to 250 prices, of any products, all or none. */
export async function setPrices(ctx: Context, { prices }: SetPrices): Promise<PricesView> {
  const variantIds = [...new Set(prices.map((price) => price.variantId))]
  const owners = await lockOwners(ctx, variantIds)
  const present = await ctx.em.find(VariantPrice, { variantId: { $in: variantIds } })
  const known = new Map(present.map((price) => [`${price.variantId} ${price.currency}`, price]))
  const before = prices.map(({ variantId, currency }) => {
    const { amount = null, compareAtAmount = null } = known.get(`${variantId} ${currency}`) ?? {}
    return { variantId, currency, amount, compareAtAmount }
  })
  for (const { amount, compareAtAmount, ...key } of prices) {
    const price = known.get(`${key.variantId} ${key.currency}`)
    if (amount === null) {
      if (price !== undefined) ctx.em.remove(price)
      continue
    }
    if (price === undefined) ctx.em.create(VariantPrice, { ...key, amount, compareAtAmount })
    else ctx.em.assign(price, { amount, compareAtAmount })
  }
  await ctx.em.flush()
  await refreshListedPrices(ctx, [...owners.keys()])
  for (const [productId, ids] of owners) {
    const own = (price: { variantId: VariantId }) => ids.includes(price.variantId)
    audit(ctx, { subject: productId, before: { prices: before.filter(own) }, after: { prices: prices.filter(own) } })
    await publish(ctx, VariantChanged, productId, { productId, variantIds: ids, change: 'priced' })
  }
  return { prices }
}

/** The products of these variants, locked in the order of their ids. Raises `variant_not_found` if one is missing. */
async function lockOwners(ctx: Context, variantIds: readonly VariantId[]): Promise<Map<ProductId, VariantId[]>> {
  const find = () =>
    tables(ctx).selectFrom('variant').select(['id', 'product_id']).where('id', 'in', variantIds).orderBy('id').execute()
  const ids = [...new Set((await find()).map((variant) => variant.product_id))].sort()
  await ctx.em.find(Product, { id: { $in: ids } }, { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE })
  // Again under the locks: a variant may be gone by now.
  const variants = await find()
  if (variants.length < variantIds.length) throw variantNotFound()
  const owners = new Map<ProductId, VariantId[]>(ids.map((id) => [id, []]))
  for (const variant of variants) owners.get(variant.product_id)?.push(variant.id)
  return owners
}
