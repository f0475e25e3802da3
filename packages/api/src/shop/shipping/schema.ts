import { z } from 'zod'
import { Amount, Currency } from '../../platform/money.ts'
import { pageInput } from '../../platform/pages.ts'
import { line, text } from '../../platform/text.ts'
import { CountryCode } from '../address/index.ts'
import { shippingMethodId } from './entity.ts'

const unique = (values: readonly string[]): boolean => new Set(values).size === values.length

const fields = {
  name: line(100),
  description: text(500, 0),
  /** Where it goes; everywhere when empty. */
  countries: z.array(CountryCode).max(250).refine(unique, 'must not hold a country twice'),
  /** Minor units, one for each currency it is offered in. */
  prices: z
    .array(z.strictObject({ currency: Currency, amount: Amount }))
    .max(100)
    .refine((prices) => unique(prices.map((price) => price.currency)), 'must not hold a currency twice'),
  active: z.boolean(),
  position: z.int().min(0).max(1_000_000),
}

export const ShippingMethodView = z.object({ id: shippingMethodId.schema, ...fields })
export type ShippingMethodView = z.infer<typeof ShippingMethodView>

export const CreateShippingMethod = z.strictObject({
  ...fields,
  description: fields.description.default(''),
  countries: fields.countries.default([]),
  active: fields.active.default(true),
  position: fields.position.default(0),
})
export type CreateShippingMethod = z.infer<typeof CreateShippingMethod>

/** What is left out stays. `countries` and `prices` replace what was there. */
export const UpdateShippingMethod = z.strictObject({
  id: shippingMethodId.schema,
  ...z.object(fields).partial().shape,
})
export type UpdateShippingMethod = z.infer<typeof UpdateShippingMethod>

export const ShippingMethodRef = z.strictObject({ id: shippingMethodId.schema })
export type ShippingMethodRef = z.infer<typeof ShippingMethodRef>

export const ListShippingMethods = z.strictObject(pageInput)
export type ListShippingMethods = z.infer<typeof ListShippingMethods>

export const AvailableShippingMethods = z.strictObject({ ...pageInput, countryCode: CountryCode, currency: Currency })
export type AvailableShippingMethods = z.infer<typeof AvailableShippingMethods>

/** A method as a shopper sees it. */
export const ShippingOffer = z.object({
  id: shippingMethodId.schema,
  name: z.string(),
  description: z.string(),
  amount: Amount,
  currency: Currency,
})
export type ShippingOffer = z.infer<typeof ShippingOffer>
