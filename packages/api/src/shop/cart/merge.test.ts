import { randomUUID } from 'node:crypto'
import { goods, transact } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import type { VariantId } from '../product/index.ts'
import type { UserId } from '../user/index.ts'
import { eraseOf } from './commands.ts'
import type { CartId } from './entity.ts'
import { merge } from './merge.ts'

const shop = await testShop()

const customer = async () => {
  const { id } = await shop.system.user.create({ email: `${randomUUID()}@example.com`, name: 'Ada', role: 'customer' })
  return { id, shop: shop.as({ kind: 'customer', userId: id, sessionId: 'test', guest: null }) }
}

const visitor = () => {
  const guest = randomUUID()
  return { guest, shop: shop.as({ kind: 'guest', guest }) }
}

const fill = async (
  shopper: { shop: ReturnType<typeof shop.as> },
  lines: [VariantId | undefined, number][],
  currency = 'EUR',
) => {
  const { id } = await shopper.shop.cart.create({ currency })
  for (const [variantId, quantity] of lines)
    if (variantId !== undefined) await shopper.shop.cart.addLine({ cartId: id, variantId, quantity })
  return id
}

const signIn = (guest: string, userId: UserId) => transact(shop, (ctx) => merge(ctx, { guest, userId }))

const quantities = async (id: CartId) => {
  const { lines } = await shop.system.cart.adminGet({ id })
  return new Map(lines.map((line) => [line.variantId, line.quantity]))
}

const total = (lines: ReadonlyMap<unknown, number>) => [...lines.values()].reduce((sum, quantity) => sum + quantity, 0)

test('a visitor who signs in keeps their cart', async () => {
  const { variantIds } = await goods(shop)
  const [ada, stranger] = [await customer(), visitor()]
  const id = await fill(stranger, [[variantIds[0], 2]])
  await signIn(stranger.guest, ada.id)
  expect(await ada.shop.cart.current()).toMatchObject({ id, lines: [{ quantity: 2 }] })
  expect(await stranger.shop.cart.current()).toBeNull()
  await expect(stranger.shop.cart.get({ id })).rejects.toMatchObject({ cause: { reason: 'cart_not_found' } })
})

test('what was in the customer’s cart is added, and no line is lost', async () => {
  const { variantIds } = await goods(shop, { variants: 3 })
  const [a, b, c] = variantIds
  const [ada, stranger] = [await customer(), visitor()]
  const older = await fill(ada, [
    [a, 1],
    [b, 2],
  ])
  await ada.shop.cart.setDetails({ cartId: older, email: 'older@example.com', countryCode: 'DE' })
  const id = await fill(stranger, [
    [b, 3],
    [c, 4],
  ])
  await stranger.shop.cart.setDetails({ cartId: id, email: 'newer@example.com' })
  await signIn(stranger.guest, ada.id)
  expect(await quantities(id)).toEqual(
    new Map([
      [a, 1],
      [b, 5],
      [c, 4],
    ]),
  )
  expect(await ada.shop.cart.current()).toMatchObject({ id, email: 'newer@example.com', countryCode: 'DE' })
  await expect(ada.shop.cart.get({ id: older })).rejects.toMatchObject({ cause: { reason: 'cart_not_found' } })
})

test('a visitor without a cart changes nothing by signing in', async () => {
  const { variantIds } = await goods(shop)
  const ada = await customer()
  const id = await fill(ada, [[variantIds[0], 2]])
  await signIn(visitor().guest, ada.id)
  expect(await ada.shop.cart.current()).toMatchObject({ id, lines: [{ quantity: 2 }] })
})

test('a cart keeps its currency, and says which of the added lines has no price in it', async () => {
  const [both, euros] = [
    await goods(shop, { prices: ['EUR', 'USD'].map((currency) => ({ currency, amount: 100 })) }),
    await goods(shop),
  ]
  const [ada, stranger] = [await customer(), visitor()]
  await fill(ada, [[euros.variantIds[0], 1]])
  const id = await fill(stranger, [[both.variantIds[0], 1]], 'USD')
  await signIn(stranger.guest, ada.id)
  const cart = await ada.shop.cart.get({ id })
  expect(cart).toMatchObject({ currency: 'USD', totals: { total: 100 } })
  expect(cart.lines.map((line) => line.problem).toSorted()).toEqual(expect.arrayContaining(['no_price']))
  expect(cart.lines).toHaveLength(2)
})

test('what does not fit stays in the older cart, which is set aside', async () => {
  const { variantIds } = await goods(shop, { variants: 250 })
  const [ada, stranger] = [await customer(), visitor()]
  const older = await fill(ada, [
    [variantIds[0], 700],
    [variantIds[1], 1],
    [variantIds[2], 1],
  ])
  // All but the second: one more fits, and the third adds up.
  const id = await fill(
    stranger,
    variantIds.filter((_, index) => index !== 1).map((variantId) => [variantId, 500]),
  )
  const extra = await goods(shop)
  await ada.shop.cart.addLine({ cartId: older, variantId: extra.variantIds[0] ?? 'variant_', quantity: 7 })
  await signIn(stranger.guest, ada.id)
  const [kept, left] = [await quantities(id), await quantities(older)]
  expect(kept.size).toBe(250)
  expect([...variantIds.slice(0, 1), ...variantIds.slice(2, 3)].map((variant) => kept.get(variant))).toEqual([999, 501])
  // The newest line of the older cart had the place that was left.
  expect(kept.get(extra.variantIds[0] ?? 'variant_')).toBe(7)
  expect(left).toEqual(
    new Map([
      [variantIds[0], 201],
      [variantIds[1], 1],
    ]),
  )
  expect(total(kept) + total(left)).toBe(700 + 1 + 1 + 7 + 249 * 500)
  expect(await ada.shop.cart.get({ id: older })).toMatchObject({ state: 'set_aside' })
  await expect(ada.shop.cart.clear({ cartId: older })).rejects.toMatchObject({ cause: { reason: 'cart_closed' } })
})

test('a customer who signs in on five devices at once has one cart with everything in it', async () => {
  const { variantIds } = await goods(shop, { variants: 6 })
  const ada = await customer()
  const devices = Array.from({ length: 5 }, visitor)
  await Promise.all(
    devices.map((device, n) =>
      fill(device, [
        [variantIds[n], 1],
        [variantIds[5], 2],
      ]),
    ),
  )
  await Promise.all([
    ...devices.map((device) => signIn(device.guest, ada.id)),
    ada.shop.cart.create({ currency: 'EUR' }),
  ])
  const cart = await ada.shop.cart.current()
  expect(new Map(cart?.lines.map((line) => [line.variantId, line.quantity]))).toEqual(
    new Map(variantIds.map((variant, n) => [variant, n === 5 ? 10 : 1])),
  )
})

test('signing in twice with one token at once adds nothing twice', async () => {
  const { variantIds } = await goods(shop)
  const [ada, stranger] = [await customer(), visitor()]
  await fill(ada, [[variantIds[0], 1]])
  const id = await fill(stranger, [[variantIds[0], 2]])
  await Promise.all([signIn(stranger.guest, ada.id), signIn(stranger.guest, ada.id)])
  expect(total(await quantities(id))).toBe(3)
})

test('lines added while signing in are kept, or their add says that the cart is gone', async () => {
  const { variantIds } = await goods(shop, { variants: 20 })
  const [ada, stranger] = [await customer(), visitor()]
  const older = await fill(ada, [])
  await fill(stranger, [])
  const adds = variantIds.map((variantId) => ada.shop.cart.addLine({ cartId: older, variantId }))
  const [results] = await Promise.all([Promise.allSettled(adds), signIn(stranger.guest, ada.id)])
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ cause: { reason: 'cart_not_found' } })
  const added = results.filter((result) => result.status === 'fulfilled').length
  expect((await ada.shop.cart.current())?.lines).toHaveLength(added)
})

test('a customer’s own e-mail stands in their cart until they give another', async () => {
  const ada = await customer()
  const cart = await ada.shop.cart.create({ currency: 'EUR' })
  expect(cart.email).toMatch(/@example\.com$/)
  const changed = await ada.shop.cart.setDetails({ cartId: cart.id, email: 'work@example.com' })
  expect(changed.email).toBe('work@example.com')
})

test('of a customer who is forgotten no cart is left, and others keep theirs', async () => {
  const [ada, bob] = [await customer(), await customer()]
  const [gone, kept] = [await fill(ada, []), await fill(bob, [])]
  await transact(shop, (ctx) => eraseOf(ctx, ada.id))
  await expect(shop.system.cart.adminGet({ id: gone })).rejects.toMatchObject({ cause: { reason: 'cart_not_found' } })
  expect(await bob.shop.cart.current()).toMatchObject({ id: kept })
})
