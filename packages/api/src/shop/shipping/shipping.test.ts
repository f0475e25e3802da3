import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'

const shop = await testShop()
const staff = shop.staff('settings:read', 'settings:write')
const visitor = shop.guest()

const refused = (path: string) => ({
  cause: { reason: 'invalid_input', details: { fields: expect.arrayContaining([expect.objectContaining({ path })]) } },
})

const post = { name: 'Post', prices: [{ currency: 'EUR', amount: 490 }] }

const namesFor = async (countryCode: string, currency: string) =>
  (await visitor.shippingMethod.available({ countryCode, currency, limit: 100 })).rows.map((method) => method.name)

test('staff add, read, change and delete a shipping method', async () => {
  const method = await staff.shippingMethod.create(post)
  expect(method).toMatchObject({ ...post, description: '', countries: [], active: true, position: 0 })
  expect(await staff.shippingMethod.get({ id: method.id })).toEqual(method)
  const prices = [
    { currency: 'EUR', amount: 590 },
    { currency: 'JPY', amount: 800 },
  ]
  expect(await staff.shippingMethod.update({ id: method.id, prices })).toEqual({ ...method, prices })
  await staff.shippingMethod.delete({ id: method.id })
  await expect(staff.shippingMethod.get({ id: method.id })).rejects.toMatchObject({
    cause: { reason: 'shipping_method_not_found' },
  })
})

test('a shopper is offered what goes to the country, costs something known in the currency and is active', async () => {
  const inFrancs = { prices: [{ currency: 'CHF', amount: 490 }] }
  await staff.shippingMethod.create({ ...inFrancs, name: 'Everywhere' })
  await staff.shippingMethod.create({ ...inFrancs, name: 'To Japan', countries: ['JP'] })
  await staff.shippingMethod.create({ ...inFrancs, name: 'Retired', active: false })
  await staff.shippingMethod.create({ name: 'In won', prices: [{ currency: 'KRW', amount: 800 }] })
  expect(await namesFor('DE', 'CHF')).toEqual(['Everywhere'])
  expect(await namesFor('JP', 'CHF')).toEqual(['Everywhere', 'To Japan'])
  expect(await namesFor('JP', 'KRW')).toEqual(['In won'])
})

test('offers page in their order', async () => {
  for (const position of [3, 1, 2])
    await staff.shippingMethod.create({ name: `${position}`, prices: [{ currency: 'SEK', amount: 100 }], position })
  const asked = { countryCode: 'SE', currency: 'SEK', limit: 2 }
  const first = await visitor.shippingMethod.available(asked)
  const second = await visitor.shippingMethod.available({ ...asked, cursor: first.next ?? '' })
  expect([...first.rows, ...second.rows].map((method) => method.name)).toEqual(['1', '2', '3'])
})

test('two changes to the prices at once leave one of them, whole', async () => {
  const { id } = await staff.shippingMethod.create(post)
  const change = (amount: number) =>
    staff.shippingMethod.update({ id, prices: ['EUR', 'USD'].map((currency) => ({ currency, amount })) })
  await Promise.all([change(1), change(2)])
  const { prices } = await staff.shippingMethod.get({ id })
  expect(new Set(prices.map((price) => price.amount)).size).toBe(1)
})

test('a currency named twice, a negative price and an unknown field are refused', async () => {
  const twice = [...post.prices, ...post.prices]
  await expect(staff.shippingMethod.create({ ...post, prices: twice })).rejects.toMatchObject(refused('prices'))
  for (const amount of [-1, 0.5, Number.NaN, 1e21, 2 ** 53]) {
    await expect(staff.shippingMethod.create({ ...post, prices: [{ currency: 'EUR', amount }] })).rejects.toMatchObject(
      refused('prices.0.amount'),
    )
  }
  // @ts-expect-error: the field does not exist
  await expect(staff.shippingMethod.create({ ...post, free: true })).rejects.toMatchObject(refused('free'))
})
