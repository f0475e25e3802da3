import { defineEntity, p } from '@mikro-orm/core'
import { createdAt, id } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'

export const taxRateId = idOf('tax')
export type TaxRateId = ReturnType<typeof taxRateId.new>

/**
 * The tax on what is delivered to a country. The rate is in basis points (1,900 is 19 %): the finest rates that whole
 * countries have. Rates with more decimals are those of cities and counties, which one rate per country cannot hold.
 */
export const TaxRateSchema = defineEntity({
  name: 'TaxRate',
  properties: {
    id: id(taxRateId),
    countryCode: p.string().length(2).collation('C').unique('tax_rate_country_unique'),
    /** As it is called on a receipt: VAT, MwSt., GST. */
    name: p.string().length(100),
    rateBasisPoints: p.integer(),
    /** Prices hold it already; else it comes on top. */
    included: p.boolean(),
    createdAt: createdAt(),
  },
  checks: [{ name: 'tax_rate_bounds', expression: 'rate_basis_points >= 0 and rate_basis_points <= 10000' }],
})
export class TaxRate extends TaxRateSchema.class {}
TaxRateSchema.setClass(TaxRate)
