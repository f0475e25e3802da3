import { z } from 'zod'
import { pageInput } from '../../platform/pages.ts'
import { line } from '../../platform/text.ts'
import { CountryCode } from '../address/index.ts'
import { taxRateId } from './entity.ts'

const fields = {
  countryCode: CountryCode,
  name: line(100),
  /** 1,900 is 19 %. */
  rateBasisPoints: z.int().min(0).max(10_000),
  included: z.boolean(),
}

export const TaxRateView = z.object({ id: taxRateId.schema, ...fields })
export type TaxRateView = z.infer<typeof TaxRateView>

export const CreateTaxRate = z.strictObject(fields)
export type CreateTaxRate = z.infer<typeof CreateTaxRate>

/** A rate stays with its country: for another country there is another rate. */
export const UpdateTaxRate = z.strictObject({
  id: taxRateId.schema,
  ...z.object(fields).omit({ countryCode: true }).partial().shape,
})
export type UpdateTaxRate = z.infer<typeof UpdateTaxRate>

export const TaxRateRef = z.strictObject({ id: taxRateId.schema })
export type TaxRateRef = z.infer<typeof TaxRateRef>

export const ListTaxRates = z.strictObject(pageInput)
export type ListTaxRates = z.infer<typeof ListTaxRates>
