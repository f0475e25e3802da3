import { LockMode } from '@mikro-orm/core'
import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { given } from '../../platform/flush.ts'
import { ShippingMethod, type ShippingMethodId, ShippingPrice } from './entity.ts'
import { shippingMethodNotFound } from './errors.ts'
import { get } from './queries.ts'
import type { CreateShippingMethod, ShippingMethodRef, ShippingMethodView, UpdateShippingMethod } from './schema.ts'

export async function create(ctx: Context, { prices, ...fields }: CreateShippingMethod): Promise<ShippingMethodView> {
  const { id } = ctx.em.create(ShippingMethod, fields)
  for (const price of prices) ctx.em.create(ShippingPrice, { methodId: id, ...price })
  await ctx.em.flush()
  const after = await get(ctx, { id })
  audit(ctx, { subject: id, after })
  return after
}

export async function update(ctx: Context, { id, prices, ...fields }: UpdateShippingMethod) {
  const method = await load(ctx, id)
  const before = await get(ctx, { id })
  ctx.em.assign(method, given(fields))
  if (prices !== undefined) {
    await ctx.em.nativeDelete(ShippingPrice, { methodId: id })
    for (const price of prices) ctx.em.create(ShippingPrice, { methodId: id, ...price })
  }
  await ctx.em.flush()
  const after = await get(ctx, { id })
  audit(ctx, { subject: id, before, after })
  return after
}

export async function remove(ctx: Context, { id }: ShippingMethodRef): Promise<ShippingMethodRef> {
  const method = await load(ctx, id)
  audit(ctx, { subject: id, before: await get(ctx, { id }) })
  ctx.em.remove(method)
  return { id }
}

/** Locked, so that of two changes to its prices at once one follows the other. */
async function load(ctx: Context, id: ShippingMethodId): Promise<ShippingMethod> {
  const method = await ctx.em.findOne(ShippingMethod, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
  if (method === null) throw shippingMethodNotFound()
  return method
}
