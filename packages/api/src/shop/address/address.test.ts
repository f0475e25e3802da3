import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { customer, outcomes } from '../auth/test-visitor.ts'

const shop = await testShop()
const home = { name: 'Robin Reed', line1: '1 Mill Lane', city: 'Bath', postalCode: 'BA1 1AA', countryCode: 'GB' }

test('a customer keeps addresses, changes them and takes fields away', async () => {
  const { call } = await customer(shop)
  const address = await call.address.create({ ...home, phone: '+44 1225 000000' })
  expect(address).toMatchObject({ ...home, line2: null, region: null, defaultShipping: false, defaultBilling: false })
  const moved = await call.address.update({ id: address.id, line1: '2 Mill Lane', phone: null })
  expect(moved).toEqual({ ...address, line1: '2 Mill Lane', phone: null })
  expect(await call.address.get({ id: address.id })).toEqual(moved)
  await call.address.delete({ id: address.id })
  expect(await call.address.list({})).toEqual({ rows: [], next: null })
})

test('somebody else’s address is not there', async () => {
  const [robin, mallory] = [await customer(shop), await customer(shop)]
  const { id } = await robin.call.address.create(home)
  const notFound = { code: 'NOT_FOUND', cause: { reason: 'address_not_found' } }
  await expect(mallory.call.address.get({ id })).rejects.toMatchObject(notFound)
  await expect(mallory.call.address.update({ id, city: 'York' })).rejects.toMatchObject(notFound)
  await expect(mallory.call.address.delete({ id })).rejects.toMatchObject(notFound)
  expect((await mallory.call.address.list({})).rows).toEqual([])
  expect(await robin.call.address.get({ id })).toMatchObject(home)
})

test('a new default takes the place of the one before, also when several want it at once', async () => {
  const { call } = await customer(shop)
  const first = await call.address.create({ ...home, defaultShipping: true, defaultBilling: true })
  const second = await call.address.create({ ...home, defaultShipping: true })
  expect(await call.address.get({ id: first.id })).toMatchObject({ defaultShipping: false, defaultBilling: true })
  await call.address.update({ id: second.id, city: 'York' })
  expect(await call.address.get({ id: second.id })).toMatchObject({ defaultShipping: true })
  const calls = Array.from({ length: 10 }, () => call.address.create({ ...home, defaultBilling: true }))
  expect(await outcomes(calls)).toEqual({ succeeded: 10, reasons: [] })
  const { rows } = await call.address.list({ limit: 100 })
  expect(rows.filter((row) => row.defaultBilling)).toHaveLength(1)
  expect(rows.filter((row) => row.defaultShipping).map(({ id }) => id)).toEqual([second.id])
})

test('fifty addresses are enough, also when they come at once', async () => {
  const { call } = await customer(shop)
  const calls = Array.from({ length: 53 }, () => call.address.create(home))
  expect(await outcomes(calls)).toEqual({ succeeded: 50, reasons: ['too_many_addresses'] })
  const first = await call.address.list({ limit: 30 })
  const second = await call.address.list({ limit: 30, cursor: first.next ?? '' })
  expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(50)
})

test.each([
  ['a country that is none', { countryCode: 'ZZ' }, 'countryCode'],
  ['a union of countries', { countryCode: 'EU' }, 'countryCode'],
  ['a country that is no more', { countryCode: 'YU' }, 'countryCode'],
  ['a country in lower case', { countryCode: 'gb' }, 'countryCode'],
  ['two lines in one', { line1: 'one\ntwo' }, 'line1'],
  ['a NUL', { city: 'Ba\0th' }, 'city'],
  ['no name', { name: '' }, 'name'],
])('an address with %s is refused', async (_, wrong, path) => {
  const { call } = await customer(shop)
  await expect(call.address.create({ ...home, ...wrong })).rejects.toMatchObject({
    cause: { reason: 'invalid_input', details: { fields: [{ path }] } },
  })
})
