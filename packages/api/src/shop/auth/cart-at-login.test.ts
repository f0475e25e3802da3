import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { colleague, customer, PASSWORD, visitor } from './test-visitor.ts'

const shop = await testShop()

/** A visitor with one line in their cart. */
async function shopper() {
  const { variantIds } = await goods(shop, { onHand: 9 })
  const [variantId] = variantIds
  if (variantId === undefined) throw new Error('goods have a variant')
  const { call, keeps } = visitor(shop)
  const { id } = await call.cart.create({ currency: 'EUR' })
  await call.cart.addLine({ cartId: id, variantId, quantity: 2 })
  return { call, keeps, variantId }
}

test('what a visitor put into the cart is there after signing in, and no more under the token they had', async () => {
  const robin = await customer(shop)
  const { call, keeps, variantId } = await shopper()
  const before = visitor(shop, { guest: keeps.guest })
  await call.auth.login({ email: robin.email, password: PASSWORD })
  expect(keeps.guest).toBeNull()
  expect(await robin.call.cart.current()).toMatchObject({ lines: [{ variantId, quantity: 2 }] })
  expect(await before.call.cart.current()).toBeNull()
})

test('a customer who signs in on two devices at once loses no line', async () => {
  const robin = await customer(shop)
  const shoppers = [await shopper(), await shopper(), await shopper()]
  await Promise.all(shoppers.map(({ call }) => call.auth.login({ email: robin.email, password: PASSWORD })))
  const cart = await robin.call.cart.current()
  expect(cart?.lines.map((line) => line.variantId).sort()).toEqual(shoppers.map(({ variantId }) => variantId).sort())
})

test('staff who sign in leave the visitor’s cart alone', async () => {
  const clerk = await colleague(shop, { role: 'staff' })
  const { call, keeps, variantId } = await shopper()
  const before = visitor(shop, { guest: keeps.guest })
  await call.auth.login({ email: clerk.email, password: PASSWORD })
  expect(await before.call.cart.current()).toMatchObject({ lines: [{ variantId }] })
})

test('a wrong password leaves the cart where it is', async () => {
  const robin = await customer(shop)
  const { call, keeps, variantId } = await shopper()
  await expect(call.auth.login({ email: robin.email, password: 'not the password' })).rejects.toMatchObject({
    cause: { reason: 'wrong_credentials' },
  })
  expect(keeps.guest).not.toBeNull()
  expect(await call.cart.current()).toMatchObject({ lines: [{ variantId }] })
})
