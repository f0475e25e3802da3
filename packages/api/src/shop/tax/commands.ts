import { LockMode } from '@mikro-orm/core'
import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { flush, given } from '../../platform/flush.ts'
import { TaxRate, type TaxRateId } from './entity.ts'
import { countryTaken, taxRateNotFound } from './errors.ts'
import type { CreateTaxRate, TaxRateRef, TaxRateView, UpdateTaxRate } from './schema.ts'

export async function create(ctx: Context, input: CreateTaxRate): Promise<TaxRateView> {
  const rate = ctx.em.create(TaxRate, input)
  await flush(ctx, { tax_rate_country_unique: () => countryTaken({ countryCode: input.countryCode }) })
  audit(ctx, { subject: rate.id, after: view(rate) })
  return view(rate)
}

export async function update(ctx: Context, { id, ...fields }: UpdateTaxRate): Promise<TaxRateView> {
  const rate = await load(ctx, id)
  const before = view(rate)
  ctx.em.assign(rate, given(fields))
  audit(ctx, { subject: id, before, after: view(rate) })
  return view(rate)
}

export async function remove(ctx: Context, { id }: TaxRateRef): Promise<TaxRateRef> {
  const rate = await load(ctx, id)
  ctx.em.remove(rate)
  audit(ctx, { subject: id, before: view(rate) })
  return { id }
}

/** Locked, so that the audit row of each of two changes at once begins where the other ended. */
async function load(ctx: Context, id: TaxRateId): Promise<TaxRate> {
  const rate = await ctx.em.findOne(TaxRate, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
  if (rate === null) throw taxRateNotFound()
  return rate
}

const view = ({ id, countryCode, name, rateBasisPoints, included }: TaxRate): TaxRateView => ({
  id,
  countryCode,
  name,
  rateBasisPoints,
  included,
})
