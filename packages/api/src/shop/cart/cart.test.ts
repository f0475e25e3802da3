import { createHash, randomUUID } from 'node:crypto'
import { goods } from '@barrow/dev/test-goods'
import { type Caller, testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { createContext } from '../../platform/context.ts'
import { orderRef } from '../inventory/index.ts'
import { type VariantId, variantId } from '../product/index.ts'
import { shippingMethodId } from '../shipping/index.ts'
import { create } from './commands.ts'
import { cartId, cartLineId } from './entity.ts'

const shop = await testShop()

const one = async (options?: Parameters<typeof goods>[1]): Promise<VariantId> =>
  (await goods(shop, options)).variantIds[0] ?? variantId.new()

const begin = (shopper: Caller, currency = 'EUR') => shopper.cart.create({ currency })

const refused = (path: string) => ({
  cause: { reason: 'invalid_input', details: { fields: expect.arrayContaining([expect.objectContaining({ path })]) } },
})

const address = {
  name: 'Ada Example',
  line1: '1 Sample Street',
  line2: null,
  city: 'Berlin',
  region: null,
  postalCode: '10115',
  countryCode: 'DE',
  phone: null,
}

test('a visitor fills a cart, changes it and empties it', async () => {
  const visitor = shop.guest()
  const [lamp, chair] = [await one({ onHand: 5 }), await one({ onHand: 1, prices: [{ currency: 'EUR', amount: 50 }] })]
  const { id } = await begin(visitor)
  await visitor.cart.addLine({ cartId: id, variantId: lamp, quantity: 2 })
  const cart = await visitor.cart.addLine({ cartId: id, variantId: chair })
  expect(cart.lines).toMatchObject([
    { variantId: lamp, quantity: 2, unitAmount: 1999, lineTotal: 3998, available: true, variantTitle: '0' },
    { variantId: chair, quantity: 1, unitAmount: 50, lineTotal: 50, available: true },
  ])
  expect(cart.totals).toEqual({ subtotal: 4048, discount: 0, shipping: 0, tax: 0, total: 4048 })
  const lineId = cart.lines[0]?.id ?? cartLineId.new()
  const changed = await visitor.cart.updateLine({ cartId: id, lineId, quantity: 5 })
  expect(changed.totals.total).toBe(5 * 1999 + 50)
  expect((await visitor.cart.removeLine({ cartId: id, lineId })).lines).toHaveLength(1)
  expect((await visitor.cart.clear({ cartId: id })).lines).toEqual([])
  expect(await visitor.cart.get({ id })).toMatchObject({ id, lines: [] })
})

test('a shopper has one open cart, however many are begun at once', async () => {
  const visitor = shop.guest()
  const carts = await Promise.all(Array.from({ length: 20 }, () => begin(visitor)))
  expect(new Set(carts.map((cart) => cart.id)).size).toBe(1)
  expect((await begin(visitor, 'JPY')).currency).toBe('EUR')
  expect((await visitor.cart.current())?.id).toBe(carts[0]?.id)
  expect(await shop.guest().cart.current()).toBeNull()
})

test('a cart that was begun and deleted can be begun again, under the same key too', async () => {
  const guest = createHash('sha256').update(randomUUID()).digest('hex')
  const shopper = shop.as({ kind: 'guest', guest }, randomUUID())
  const { id } = await begin(shopper)
  expect(await begin(shopper)).toMatchObject({ id })
  await shopper.cart.delete({ id })
  expect(await begin(shopper)).toMatchObject({ state: 'open', lines: [] })
})

test('a visitor without a token gets one with their first cart, and sees nothing before', async () => {
  const tokens: (string | null)[] = []
  const cart = await create(
    createContext(shop.runtime, {
      actor: { kind: 'guest', guest: null },
      requestId: 'test',
      credentials: { setSession: () => {}, setGuest: (token) => tokens.push(token) },
    }),
    { currency: 'EUR', countryCode: null },
  )
  const guest = createHash('sha256')
    .update(tokens[0] ?? '')
    .digest('hex')
  expect(await shop.as({ kind: 'guest', guest }).cart.get({ id: cart.id })).toMatchObject({ id: cart.id })
  const nobody = shop.as({ kind: 'guest', guest: null })
  expect(await nobody.cart.current()).toBeNull()
  await expect(nobody.cart.get({ id: cart.id })).rejects.toMatchObject({ cause: { reason: 'cart_not_found' } })
})

test('a visitor cannot see, change or delete another’s cart: for them it does not exist', async () => {
  const [owner, other] = [shop.guest(), shop.guest()]
  const lamp = await one()
  const { id } = await begin(owner)
  const { lines } = await owner.cart.addLine({ cartId: id, variantId: lamp })
  const lineId = lines[0]?.id ?? cartLineId.new()
  const attempts = [
    () => other.cart.get({ id }),
    () => other.cart.addLine({ cartId: id, variantId: lamp }),
    () => other.cart.updateLine({ cartId: id, lineId, quantity: 3 }),
    () => other.cart.removeLine({ cartId: id, lineId }),
    () => other.cart.clear({ cartId: id }),
    () => other.cart.setDetails({ cartId: id, email: 'thief@example.com' }),
    () => other.cart.setShippingMethod({ cartId: id, shippingMethodId: null }),
    () => other.cart.delete({ id }),
    () => other.cart.get({ id: cartId.new() }),
  ]
  for (const attempt of attempts)
    await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND', cause: { reason: 'cart_not_found' } })
  expect(await owner.cart.get({ id })).toMatchObject({ email: null, lines: [{ quantity: 1 }] })
  const mine = await begin(other)
  await expect(other.cart.updateLine({ cartId: mine.id, lineId, quantity: 3 })).rejects.toMatchObject({
    cause: { reason: 'line_not_found' },
  })
})

test('fifty adds of different variants at once give fifty lines', async () => {
  const visitor = shop.guest()
  const { variantIds } = await goods(shop, { variants: 50 })
  const { id } = await begin(visitor)
  await Promise.all(variantIds.map((variantId) => visitor.cart.addLine({ cartId: id, variantId })))
  const { lines } = await visitor.cart.get({ id })
  expect(lines.map((line) => line.variantId).sort()).toEqual(variantIds)
})

test('fifty adds of one variant at once give a quantity of fifty', async () => {
  const visitor = shop.guest()
  const lamp = await one()
  const { id } = await begin(visitor)
  await Promise.all(Array.from({ length: 50 }, () => visitor.cart.addLine({ cartId: id, variantId: lamp })))
  expect((await visitor.cart.get({ id })).lines).toMatchObject([{ variantId: lamp, quantity: 50 }])
})

test('address, shipping and lines changed at once: every change is there', async () => {
  const visitor = shop.guest()
  const [lamp, method] = [await one(), await flat(490)]
  const { id } = await begin(visitor)
  await Promise.all([
    visitor.cart.setDetails({ cartId: id, email: 'ada@example.com' }),
    visitor.cart.setDetails({ cartId: id, shippingAddress: address }),
    visitor.cart.setDetails({ cartId: id, billingAddress: { ...address, city: 'Hamburg' } }),
    visitor.cart.setShippingMethod({ cartId: id, shippingMethodId: method }),
    visitor.cart.addLine({ cartId: id, variantId: lamp }),
  ])
  expect(await visitor.cart.get({ id })).toMatchObject({
    email: 'ada@example.com',
    shippingAddress: address,
    billingAddress: { city: 'Hamburg' },
    shippingMethod: { id: method, amount: 490 },
    lines: [{ variantId: lamp }],
  })
})

test('an add that comes twice under one key is one add, and answers the cart', async () => {
  const lamp = await one()
  const actor = { kind: 'guest', guest: randomUUID() } as const
  const { id } = await begin(shop.as(actor))
  await shop.as(actor).cart.setDetails({ cartId: id, shippingAddress: address })
  const keyed = shop.as(actor, 'add-once-please')
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => keyed.cart.addLine({ cartId: id, variantId: lamp, quantity: 2 })),
  )
  for (const answer of answers) expect(answer).toMatchObject({ shippingAddress: address, lines: [{ quantity: 2 }] })
  const stored = await shop.runtime.orm.em.fork().execute('select answer::text from idempotency_key')
  expect(JSON.stringify(stored)).not.toContain('Sample Street')
})

test('a cart takes what is for sale at a price in its currency', async () => {
  const visitor = shop.guest()
  const { id } = await begin(visitor)
  const add = (variantId: VariantId) => visitor.cart.addLine({ cartId: id, variantId })
  await expect(add(variantId.new())).rejects.toMatchObject({ cause: { reason: 'variant_not_found' } })
  const draft = await goods(shop)
  await shop.system.product.setStatus({ id: draft.productId, status: 'draft' })
  await expect(add(draft.variantIds[0] ?? variantId.new())).rejects.toMatchObject({ cause: { reason: 'not_for_sale' } })
  const archived = await one()
  await shop.system.variant.update({ id: archived, status: 'archived' })
  await expect(add(archived)).rejects.toMatchObject({ cause: { reason: 'not_for_sale' } })
  await expect(add(await one({ prices: [{ currency: 'JPY', amount: 5 }] }))).rejects.toMatchObject({
    code: 'CONFLICT',
    cause: { reason: 'no_price', details: { currency: 'EUR' } },
  })
})

test('a cart has at most 250 lines of at most 999', async () => {
  const visitor = shop.guest()
  const { variantIds } = await goods(shop, { variants: 250 })
  const [first = variantId.new(), extra] = [variantIds[0], await one()]
  const { id } = await begin(visitor)
  for (const variantId of variantIds) await visitor.cart.addLine({ cartId: id, variantId })
  await expect(visitor.cart.addLine({ cartId: id, variantId: extra })).rejects.toMatchObject({
    cause: { reason: 'line_limit', details: { max: 250 } },
  })
  await visitor.cart.addLine({ cartId: id, variantId: first, quantity: 998 })
  await expect(visitor.cart.addLine({ cartId: id, variantId: first })).rejects.toMatchObject({
    cause: { reason: 'quantity_limit', details: { max: 999, inCart: 999 } },
  })
  const { lines } = await visitor.cart.get({ id })
  expect(lines).toHaveLength(250)
  expect(lines[0]).toMatchObject({ variantId: first, quantity: 999 })
})

test('a cart says what has become of its lines, and counts only what can be bought', async () => {
  const visitor = shop.guest()
  const [gone, dear, few, fine] = [await goods(shop), await one(), await one({ onHand: 1 }), await one({ onHand: 9 })]
  const { id } = await begin(visitor)
  for (const variantId of [...gone.variantIds, dear, few, fine])
    await visitor.cart.addLine({ cartId: id, variantId, quantity: 2 })
  await shop.system.product.setStatus({ id: gone.productId, status: 'archived' })
  await shop.system.variant.setPrices({ prices: [{ variantId: dear, currency: 'EUR', amount: null }] })
  const cart = await visitor.cart.get({ id })
  expect(cart.lines).toMatchObject([
    { available: false, problem: 'not_for_sale', unitAmount: null, lineTotal: 0 },
    { available: false, problem: 'no_price', unitAmount: null, lineTotal: 0 },
    { available: false, problem: 'out_of_stock', unitAmount: 1999, lineTotal: 3998 },
    { available: true, problem: null, unitAmount: 1999, lineTotal: 3998 },
  ])
  expect(cart.totals.total).toBe(2 * 3998)
})

test('tax follows the shipping address, before it the country, and without either there is none', async () => {
  await shop.system.taxRate.create({ countryCode: 'DE', name: 'MwSt.', rateBasisPoints: 1900, included: true })
  await shop.system.taxRate.create({ countryCode: 'US', name: 'Sales tax', rateBasisPoints: 1000, included: false })
  const visitor = shop.guest()
  const { id, tax } = await visitor.cart.create({ currency: 'EUR' })
  expect(tax).toEqual({ countryCode: null, name: null, rateBasisPoints: 0, included: false })
  const plain = await visitor.cart.addLine({ cartId: id, variantId: await one() })
  expect(plain.totals).toMatchObject({ tax: 0, total: 1999 })
  const american = await visitor.cart.setDetails({ cartId: id, countryCode: 'US' })
  expect(american.totals).toMatchObject({ subtotal: 1999, tax: 200, total: 2199 })
  const german = await visitor.cart.setDetails({ cartId: id, shippingAddress: address })
  expect(german.tax).toEqual({ countryCode: 'DE', name: 'MwSt.', rateBasisPoints: 1900, included: true })
  expect(german.totals).toMatchObject({ subtotal: 1999, tax: 319, total: 1999 })
})

const flat = async (amount: number, fields: { countries?: string[]; active?: boolean } = {}) =>
  (await shop.system.shippingMethod.create({ name: 'Post', prices: [{ currency: 'EUR', amount }], ...fields })).id

test('shipping is chosen from what is offered for the currency and country, and falls away when it is not any more', async () => {
  const visitor = shop.guest()
  const { id } = await begin(visitor)
  await visitor.cart.addLine({ cartId: id, variantId: await one() })
  const choose = (method: Awaited<ReturnType<typeof flat>>) =>
    visitor.cart.setShippingMethod({ cartId: id, shippingMethodId: method })
  const domestic = await flat(500, { countries: ['DE'] })
  await expect(choose(shippingMethodId.new())).rejects.toMatchObject({ cause: { reason: 'shipping_method_not_found' } })
  await expect(choose(domestic)).rejects.toMatchObject({ cause: { reason: 'shipping_method_unavailable' } })
  await expect(choose(await flat(1, { active: false }))).rejects.toMatchObject({
    cause: { reason: 'shipping_method_unavailable' },
  })
  await visitor.cart.setDetails({ cartId: id, shippingAddress: address })
  expect((await choose(domestic)).totals).toMatchObject({ shipping: 500, total: 2499 })
  const abroad = await visitor.cart.setDetails({ cartId: id, shippingAddress: { ...address, countryCode: 'FR' } })
  expect(abroad).toMatchObject({ shippingMethod: null, totals: { shipping: 0, total: 1999 } })
})

test('staff list, read and delete carts, and it is noted who deleted', async () => {
  const visitor = shop.guest()
  const { id } = await begin(visitor)
  await visitor.cart.addLine({ cartId: id, variantId: await one() })
  const staff = shop.staff('carts:read', 'carts:write')
  const { rows } = await staff.cart.adminList({ state: 'open', limit: 100 })
  expect(rows.find((row) => row.id === id)).toMatchObject({ lineCount: 1, customerId: null, currency: 'EUR' })
  const seen = await staff.cart.adminGet({ id })
  expect(seen).toMatchObject({ id, totals: { total: 1999 } })
  expect(seen).not.toHaveProperty('quote')
  await expect(shop.staff('carts:read').cart.adminDelete({ id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await staff.cart.adminDelete({ id })
  await expect(visitor.cart.get({ id })).rejects.toMatchObject({ cause: { reason: 'cart_not_found' } })
  const noted = await shop.runtime.orm.em.fork().execute('select action from audit_entry where subject = ?', [id])
  expect(noted).toEqual([{ action: 'cart.adminDelete' }])
})

test('carts page, newest first, and none is missed', async () => {
  for (let n = 0; n < 5; n++) await begin(shop.guest(), 'SEK')
  const staff = shop.staff('carts:read')
  const ids: string[] = []
  let cursor: string | null | undefined
  do {
    const page = await staff.cart.adminList({ limit: 2, ...(cursor ? { cursor } : {}) })
    ids.push(...page.rows.map((row) => row.id))
    cursor = page.next
  } while (cursor)
  expect(ids).toEqual([...ids].sort().reverse())
  expect(new Set(ids).size).toBe(ids.length)
})

test('staff do not shop, and shoppers do not look into each other’s carts', async () => {
  await expect(shop.staff('carts:read').cart.create({ currency: 'EUR' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(shop.guest().cart.adminList({})).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
})

test('what is no quantity, id, currency or field is refused, by name', async () => {
  const visitor = shop.guest()
  const { id } = await begin(visitor)
  const add = (input: object) => visitor.cart.addLine({ cartId: id, variantId: variantId.new(), ...input })
  for (const quantity of [Number.NaN, -1, 0, 0.5, 1000, 1e21, 2 ** 53, '1', null, Number.POSITIVE_INFINITY])
    await expect(add({ quantity })).rejects.toMatchObject(refused('quantity'))
  await expect(add({ unitAmount: 1 })).rejects.toMatchObject(refused('unitAmount'))
  await expect(add({ variantId: orderRef.new() })).rejects.toMatchObject(refused('variantId'))
  await expect(add({ cartId: `cart_${'0'.repeat(5000)}` })).rejects.toMatchObject(refused('cartId'))
  await expect(visitor.cart.create({ currency: 'EURO' })).rejects.toMatchObject(refused('currency'))
  await expect(visitor.cart.setDetails({ cartId: id, email: 'a@b\r\nBcc: c@d' })).rejects.toMatchObject(
    refused('email'),
  )
  await expect(
    visitor.cart.setDetails({ cartId: id, shippingAddress: { ...address, name: 'x'.repeat(201) } }),
  ).rejects.toMatchObject(refused('shippingAddress.name'))
})
