import { defineEntity, p } from '@mikro-orm/core'
import { createdAt, id } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'
import { User } from '../user/entity.ts'

export const addressId = idOf('address')
export type AddressId = ReturnType<typeof addressId.new>

export const AddressSchema = defineEntity({
  name: 'Address',
  properties: {
    id: id(addressId),
    userId: () =>
      p.manyToOne(User).fieldName('user_id').mapToPk().deleteRule('restrict').foreignKeyName('address_user_fk'),
    name: p.string().length(200),
    line1: p.string().length(200),
    line2: p.string().length(200).nullable(),
    city: p.string().length(200),
    region: p.string().length(200).nullable(),
    postalCode: p.string().length(20).nullable(),
    countryCode: p.string().length(2).collation('C'),
    phone: p.string().length(40).nullable(),
    defaultShipping: p.boolean().default(false),
    defaultBilling: p.boolean().default(false),
    createdAt: createdAt(),
  },
  indexes: [
    { properties: ['userId', 'id'] },
    {
      name: 'address_default_shipping',
      expression: 'create unique index address_default_shipping on address (user_id) where default_shipping',
    },
    {
      name: 'address_default_billing',
      expression: 'create unique index address_default_billing on address (user_id) where default_billing',
    },
  ],
})
export class Address extends AddressSchema.class {}
AddressSchema.setClass(Address)
