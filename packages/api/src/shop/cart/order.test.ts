import { randomUUID } from 'node:crypto'
import { goods, transact } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { statementsOf, tripsOf } from '@barrow/dev/test-statements'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Context } from '../../platform/context.ts'
import { ask, statement } from '../../platform/statement.ts'
import { createRuntime, readConfig } from '../../runtime.ts'
import { orderRef } from '../inventory/index.ts'
import { type VariantId, variantId } from '../product/index.ts'
import { type CartId, cartLineId } from './entity.ts'
import * as order from './order.ts'
import { ordered, verifyQuote } from './order.ts'

const shop = await testShop()

const nothing = statement(() => sql`select`)
const lockForOrder = async (ctx: Context, id: CartId) => (await order.lockForOrder(ctx, id, nothing.of({}))).priced

const address = {
  name: 'Ada Example',
  line1: '1 Sample Street',
  line2: null,
  city: 'Vienna',
  region: null,
  postalCode: '1010',
  countryCode: 'AT',
  phone: null,
}

await shop.system.taxRate.create({ countryCode: 'AT', name: 'USt.', rateBasisPoints: 2000, included: true })
const post = await shop.system.shippingMethod.create({ name: 'Post', prices: [{ currency: 'EUR', amount: 490 }] })

const visitor = () => {
  const actor = { kind: 'guest', guest: randomUUID() } as const
  return { actor, shop: shop.as(actor) }
}

/** A cart with one line of two, ready to order. */
async function ready() {
  const { productId, variantIds } = await goods(shop, { onHand: 10 })
  const lamp: VariantId = variantIds[0] ?? variantId.new()
  const buyer = visitor()
  const { id } = await buyer.shop.cart.create({ currency: 'EUR' })
  await buyer.shop.cart.addLine({ cartId: id, variantId: lamp, quantity: 2 })
  await buyer.shop.cart.setDetails({ cartId: id, email: 'ada@example.com', shippingAddress: address })
  const cart = await buyer.shop.cart.setShippingMethod({ cartId: id, shippingMethodId: post.id })
  const check = (quote: string, cartId: CartId = id) =>
    transact(shop, async (ctx) => verifyQuote(ctx, quote, await lockForOrder(ctx, cartId)), buyer.actor)
  return { ...buyer, id, cart, lamp, productId, check }
}

test('a complete cart is all that an order needs, and adds up', async () => {
  const { actor, id, cart, lamp, productId } = await ready()
  const priced = await transact(shop, (ctx) => lockForOrder(ctx, id), actor)
  expect(priced).toMatchObject({
    cartId: id,
    customerId: null,
    guest: actor.guest,
    email: 'ada@example.com',
    currency: 'EUR',
    shippingAddress: address,
    billingAddress: address,
    shippingMethod: { id: post.id, name: 'Post', amount: 490 },
    tax: { countryCode: 'AT', rateBasisPoints: 2000, included: true },
    lines: [
      {
        ...{ variantId: lamp, productId, sku: null, options: [{ name: 'Number', value: '0' }] },
        ...{ quantity: 2, unitAmount: 1999, subtotal: 3998, discount: 0, tax: 666, total: 3998 },
      },
    ],
    totals: { subtotal: 3998, discount: 0, shipping: 490, tax: 748, total: 4488 },
  })
  expect(cart.totals).toEqual(priced.totals)
})

test('what is missing is named', async () => {
  const buyer = visitor()
  const { id } = await buyer.shop.cart.create({ currency: 'EUR' })
  const order = () => transact(shop, (ctx) => lockForOrder(ctx, id), buyer.actor)
  await expect(order()).rejects.toMatchObject({ reason: 'cart_empty' })
  const { variantIds } = await goods(shop)
  await buyer.shop.cart.addLine({ cartId: id, variantId: variantIds[0] ?? variantId.new() })
  await expect(order()).rejects.toMatchObject({
    reason: 'cart_incomplete',
    details: { missing: ['email', 'shippingAddress', 'shippingMethod'] },
  })
  await expect(transact(shop, (ctx) => lockForOrder(ctx, id), visitor().actor)).rejects.toMatchObject({
    reason: 'cart_not_found',
  })
})

test('a line that cannot be bought any more is named', async () => {
  const { actor, id, cart, lamp, productId } = await ready()
  await shop.system.product.setStatus({ id: productId, status: 'draft' })
  await expect(transact(shop, (ctx) => lockForOrder(ctx, id), actor)).rejects.toMatchObject({
    reason: 'lines_unavailable',
    details: { lines: [{ lineId: cart.lines[0]?.id, variantId: lamp, problem: 'not_for_sale' }] },
  })
})

test('the quote that was shown holds until the price changes, and again when it is back', async () => {
  const { shop: buyer, id, cart, lamp, check } = await ready()
  await check(cart.quote)
  const reprice = (amount: number) =>
    shop.system.variant.setPrices({ prices: [{ variantId: lamp, currency: 'EUR', amount }] })
  await reprice(2500)
  await expect(check(cart.quote)).rejects.toMatchObject({
    reason: 'price_changed',
    details: { shown: { amount: 4488, currency: 'EUR' }, now: { amount: 5490, currency: 'EUR' } },
  })
  await check((await buyer.cart.get({ id })).quote)
  await reprice(1999)
  await check(cart.quote)
})

test('whatever changes what is paid or for what makes the quote an old one', async () => {
  const { shop: buyer, id, cart, lamp, check } = await ready()
  const [line] = cart.lines
  if (line === undefined) throw new Error('the cart is empty')
  const twin = (await goods(shop)).variantIds[0] ?? variantId.new()
  const back = () => buyer.cart.updateLine({ cartId: id, lineId: line.id, quantity: 2 })
  const changed = { reason: 'price_changed' }
  await buyer.cart.updateLine({ cartId: id, lineId: line.id, quantity: 3 })
  await expect(check(cart.quote)).rejects.toMatchObject(changed)
  await back()
  await shop.system.shippingMethod.update({ id: post.id, prices: [{ currency: 'EUR', amount: 590 }] })
  await expect(check(cart.quote)).rejects.toMatchObject(changed)
  await shop.system.shippingMethod.update({ id: post.id, prices: [{ currency: 'EUR', amount: 490 }] })
  await buyer.cart.setDetails({ cartId: id, shippingAddress: { ...address, countryCode: 'CH' } })
  await expect(check(cart.quote)).rejects.toMatchObject(changed)
  await buyer.cart.setDetails({ cartId: id, shippingAddress: { ...address, line1: '2 Sample Street' } })
  await check(cart.quote)
  // Another way to send it, or another thing, at the same price is not what was shown either.
  const courier = await shop.system.shippingMethod.create({ name: 'Courier', prices: post.prices })
  await buyer.cart.setShippingMethod({ cartId: id, shippingMethodId: courier.id })
  await expect(check(cart.quote)).rejects.toMatchObject(changed)
  await buyer.cart.setShippingMethod({ cartId: id, shippingMethodId: post.id })
  await buyer.cart.removeLine({ cartId: id, lineId: line.id })
  await buyer.cart.addLine({ cartId: id, variantId: twin, quantity: 2 })
  await expect(check(cart.quote)).rejects.toMatchObject({
    ...changed,
    details: { shown: { amount: 4488 }, now: { amount: 4488 } },
  })
  expect(lamp).not.toBe(twin)
})

test('a quote that the shop did not give is none: altered, of another cart, or made up', async () => {
  const { cart, check } = await ready()
  const other = await ready()
  const [body = '', signature = ''] = cart.quote.split('.')
  const cheaper = Buffer.from(Buffer.from(body, 'base64url').toString().replace('"total":4488', '"total":1')).toString(
    'base64url',
  )
  const forged = [
    other.cart.quote,
    `${cheaper}.${signature}`,
    `${body}.${signature.slice(0, -1)}`,
    `${body}.${signature}.`,
    `${body}.${'é'.repeat(signature.length)}`,
    body,
    '.',
    '\0',
  ]
  for (const quote of forged) await expect(check(quote)).rejects.toMatchObject({ reason: 'quote_invalid' })
})

test('a quote outlives a change of the secret as long as the old one is still listed', async () => {
  const { id, actor, cart } = await ready()
  const verifyWith = async (SECRET: string) => {
    await using runtime = await createRuntime(readConfig({ ...shop.env, SECRET }))
    await transact(
      { ...shop, runtime },
      async (ctx) => verifyQuote(ctx, cart.quote, await lockForOrder(ctx, id)),
      actor,
    )
  }
  const newer = 'another-secret-for-tests-0123456789abcdef'
  await verifyWith(`${newer},${shop.env.SECRET}`)
  await expect(verifyWith(newer)).rejects.toMatchObject({ reason: 'quote_invalid' })
})

test('an ordered cart is closed, holds nothing personal, and makes room for a new one', async () => {
  const { shop: buyer, actor, id, lamp } = await ready()
  const orderId = orderRef.new()
  await transact(shop, async (ctx) => ask(ctx, ordered((await lockForOrder(ctx, id)).cartId, orderId)), actor)
  expect(await buyer.cart.get({ id })).toMatchObject({
    ...{ state: 'ordered', orderId, email: null, shippingAddress: null, billingAddress: null },
  })
  for (const change of [
    () => buyer.cart.addLine({ cartId: id, variantId: lamp }),
    () => buyer.cart.clear({ cartId: id }),
    () => buyer.cart.setDetails({ cartId: id, email: null }),
    () => buyer.cart.setShippingMethod({ cartId: id, shippingMethodId: null }),
  ])
    await expect(change()).rejects.toMatchObject({
      code: 'CONFLICT',
      cause: { reason: 'cart_closed', details: { state: 'ordered' } },
    })
  await expect(transact(shop, (ctx) => lockForOrder(ctx, id), actor)).rejects.toMatchObject({ reason: 'cart_closed' })
  expect((await buyer.cart.create({ currency: 'EUR' })).id).not.toBe(id)
})

test('of twenty orders of one cart at once one goes on', async () => {
  const { actor, id } = await ready()
  const order = () =>
    transact(shop, async (ctx) => ask(ctx, ordered((await lockForOrder(ctx, id)).cartId, orderRef.new())), actor)
  const results = await Promise.allSettled(Array.from({ length: 20 }, order))
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
})

/** Until a call has ended, or waits for a row that another transaction holds. */
async function endedOrWaiting(call: Promise<unknown>): Promise<void> {
  let ended = false
  const settled = call.finally(() => {
    ended = true
  })
  settled.catch(() => {})
  const waiting = `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  while (!ended) {
    const [row]: { count: number }[] = await shop.runtime.orm.em.fork().execute(waiting)
    if (row !== undefined && row.count > 0) return
  }
}

test('nothing gets between the pricing of a cart and its order: a change waits, and finds the cart closed', async () => {
  const { shop: buyer, actor, id, cart } = await ready()
  const lineId = cart.lines[0]?.id ?? cartLineId.new()
  let change: Promise<unknown> = Promise.resolve()
  await transact(
    shop,
    async (ctx) => {
      await lockForOrder(ctx, id)
      change = buyer.cart.updateLine({ cartId: id, lineId, quantity: 9 }).catch((error: unknown) => error)
      await endedOrWaiting(change)
      await ask(ctx, ordered(id, orderRef.new()))
    },
    actor,
  )
  expect(await change).toMatchObject({ cause: { reason: 'cart_closed' } })
  expect((await buyer.cart.get({ id })).lines).toMatchObject([{ quantity: 2 }])
})

test('adding to a cart takes four statements in three round trips, with one line or with two hundred', async () => {
  const { shop: caller, actor } = visitor()
  const { variantIds } = await goods(shop, { variants: 201 })
  const { id } = await caller.cart.create({ currency: 'EUR' })
  const [statements, trips]: [Set<number>, number[]] = [new Set(), []]
  const add = (variantId: (typeof variantIds)[number]) => () =>
    shop.as(actor, randomUUID()).cart.addLine({ cartId: id, variantId })
  for (const variantId of variantIds) {
    const sent = await tripsOf(add(variantId))
    statements.add(sent.flat().filter((text) => text !== 'begin' && text !== 'commit').length)
    trips.push(sent.length)
  }
  expect(statements).toEqual(new Set([4]))
  // On a connection that has prepared them; others send them one by one.
  expect(Math.min(...trips)).toBe(3)
  expect(await statementsOf(() => caller.cart.get({ id }))).toHaveLength(1)
})
