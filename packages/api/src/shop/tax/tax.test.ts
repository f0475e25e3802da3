import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'

const shop = await testShop()
const staff = shop.staff('settings:read', 'settings:write')

const refused = (path: string) => ({
  cause: { reason: 'invalid_input', details: { fields: expect.arrayContaining([expect.objectContaining({ path })]) } },
})

test('staff set, read, change and delete the tax rate of a country', async () => {
  const rate = await staff.taxRate.create({ countryCode: 'DE', name: 'MwSt.', rateBasisPoints: 1900, included: true })
  expect(await staff.taxRate.get({ id: rate.id })).toEqual(rate)
  expect(await staff.taxRate.update({ id: rate.id, rateBasisPoints: 1600 })).toEqual({ ...rate, rateBasisPoints: 1600 })
  expect(await staff.taxRate.delete({ id: rate.id })).toEqual({ id: rate.id })
  await expect(staff.taxRate.get({ id: rate.id })).rejects.toMatchObject({ cause: { reason: 'tax_rate_not_found' } })
})

test('a country has one rate, also when two are set at once', async () => {
  const austria = { countryCode: 'AT', name: 'USt.', rateBasisPoints: 2000, included: true }
  const both = await Promise.allSettled([staff.taxRate.create(austria), staff.taxRate.create(austria)])
  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(staff.taxRate.create(austria)).rejects.toMatchObject({
    code: 'CONFLICT',
    cause: { reason: 'country_taken', details: { countryCode: 'AT' } },
  })
})

test('rates page by country and none is missed', async () => {
  for (const countryCode of ['SE', 'FI', 'NO'])
    await staff.taxRate.create({ countryCode, name: 'VAT', rateBasisPoints: 2500, included: false })
  const first = await staff.taxRate.list({ limit: 2 })
  const second = await staff.taxRate.list({ limit: 100, cursor: first.next ?? '' })
  const countries = [...first.rows, ...second.rows].map((rate) => rate.countryCode)
  expect(countries).toEqual([...countries].sort())
  expect(countries).toEqual(expect.arrayContaining(['SE', 'FI', 'NO']))
})

test('the rates are none of a shopper’s business, and only some of the staff may change them', async () => {
  await expect(shop.guest().taxRate.list({})).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  const reader = shop.staff('settings:read')
  await expect(
    reader.taxRate.create({ countryCode: 'FR', name: 'TVA', rateBasisPoints: 2000, included: true }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test.each([-1, 10_001, 887.5, Number.NaN, 1e21, 2 ** 53])('a rate of %d is refused', async (rateBasisPoints) => {
  await expect(
    staff.taxRate.create({ countryCode: 'FR', name: 'TVA', rateBasisPoints, included: true }),
  ).rejects.toMatchObject(refused('rateBasisPoints'))
})

test('a country that is none is refused', async () => {
  await expect(
    staff.taxRate.create({ countryCode: 'ZZ', name: 'VAT', rateBasisPoints: 0, included: true }),
  ).rejects.toMatchObject(refused('countryCode'))
})
