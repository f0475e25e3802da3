export { eraseOf } from './commands.ts'
export { countryCodes } from './countries.ts'
export { Address, type AddressId, AddressSchema, addressId } from './entity.ts'
export { CountryCode, PostalAddress } from './schema.ts'
