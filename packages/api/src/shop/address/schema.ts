import { z } from 'zod'
import { pageInput } from '../../platform/pages.ts'
import { line } from '../../platform/text.ts'
import { countryCodes } from './countries.ts'
import { addressId } from './entity.ts'

/** An ISO 3166-1 alpha-2 code of a country in use today. */
export const CountryCode = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'must be an ISO 3166-1 alpha-2 code such as DE', abort: true })
  .refine((code) => countryCodes.has(code), 'is not a country')
export type CountryCode = z.infer<typeof CountryCode>

const fields = {
  name: line(200),
  line1: line(200),
  line2: line(200).nullable().default(null),
  city: line(200),
  /** State, province or county, where the country's addresses have one. */
  region: line(200).nullable().default(null),
  /** Null where the country has none. */
  postalCode: line(20).nullable().default(null),
  countryCode: CountryCode,
  phone: line(40).nullable().default(null),
}

/** Where a parcel or an invoice goes. */
export const PostalAddress = z.strictObject(fields)
export type PostalAddress = z.infer<typeof PostalAddress>

const defaults = { defaultShipping: z.boolean(), defaultBilling: z.boolean() }

export const AddressView = z.object({ id: addressId.schema, ...fields, ...defaults })
export type AddressView = z.infer<typeof AddressView>

export const CreateAddress = z.strictObject({
  ...fields,
  defaultShipping: defaults.defaultShipping.default(false),
  defaultBilling: defaults.defaultBilling.default(false),
})
export type CreateAddress = z.infer<typeof CreateAddress>

/** What is left out stays; null takes away. */
export const UpdateAddress = z.strictObject({
  id: addressId.schema,
  ...z.object({ ...withoutDefaults(fields), ...defaults }).partial().shape,
})
export type UpdateAddress = z.infer<typeof UpdateAddress>

export const AddressRef = z.strictObject({ id: addressId.schema })
export type AddressRef = z.infer<typeof AddressRef>

export const ListAddresses = z.strictObject(pageInput)
export type ListAddresses = z.infer<typeof ListAddresses>

/** A left out field of an update is not the same as an empty one. */
function withoutDefaults({ line2, region, postalCode, phone, ...required }: typeof fields) {
  return {
    ...required,
    line2: line2.unwrap(),
    region: region.unwrap(),
    postalCode: postalCode.unwrap(),
    phone: phone.unwrap(),
  }
}
