import { randomUUID } from 'node:crypto'
import { buyer, visitor } from '@barrow/dev/test-buyer'
import { goods, transact } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import type { Actor } from '../../platform/actor.ts'
import { guestTokenOf } from './access.ts'
import { orderLineId } from './entity.ts'
import { anonymiseOf } from './erase.ts'
import { newOrderNumber, OrderNumber } from './number.ts'

const shop = await testShop()
const { variantIds } = await goods(shop, { onHand: 1000 })
const lines = variantIds.map((variantId) => ({ variantId }))
const notFound = { code: 'NOT_FOUND', cause: { reason: 'order_not_found' } }

const customer = async (): Promise<Actor & { kind: 'customer' }> => {
  const { id: userId } = await shop.system.user.create({ email: `${randomUUID()}@example.com`, role: 'customer' })
  return { kind: 'customer', userId, sessionId: 'test', guest: null }
}

test('somebody else’s order does not exist, whatever is tried with it', async () => {
  const ada = await buyer(shop, lines, { actor: await customer() })
  const order = await ada.place('test_decline')
  const { id: orderId } = order
  const strangers: Actor[] = [visitor(), await customer(), { kind: 'guest', guest: null }]
  for (const stranger of strangers) {
    const caller = shop.as(stranger, randomUUID()).order
    const guestToken = guestTokenOf(shop.runtime.config, 'order_00000000000000000000000000')
    await expect(caller.get({ orderId })).rejects.toMatchObject(notFound)
    await expect(caller.get({ orderId, guestToken })).rejects.toMatchObject(notFound)
    await expect(caller.cancel({ orderId })).rejects.toMatchObject(notFound)
    await expect(caller.pay({ orderId, paymentMethod: 'test_accept' })).rejects.toMatchObject(notFound)
    await expect(caller.confirmPayment({ orderId })).rejects.toMatchObject(notFound)
    const stream = await caller.watch({ orderId })
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject(notFound)
    expect((await caller.list({})).rows).toEqual([])
    await expect(caller.history({ orderId })).rejects.toThrow()
  }
  expect(await ada.caller.order.get({ orderId })).toMatchObject({ status: 'payment_failed' })
})

test('staff without the permission do not see an order either, and with it see any', async () => {
  const { id: orderId } = await (await buyer(shop, lines)).place()
  await expect(shop.staff('catalog:write').order.get({ orderId })).rejects.toMatchObject(notFound)
  await expect(shop.staff('orders:read').order.cancel({ orderId })).rejects.toMatchObject(notFound)
  await expect(shop.staff('orders:write').order.refund({ orderId })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(await shop.staff('orders:read').order.get({ orderId })).toMatchObject({ id: orderId })
})

test('every line of the fullest order can be taken back into stock in one call', async () => {
  const { id: orderId } = await (await buyer(shop, lines)).place('test_decline')
  const restock = Array.from({ length: 250 }, () => ({ lineId: orderLineId.new(), quantity: 1 }))
  await expect(shop.system.order.refund({ orderId, restock })).rejects.toMatchObject({
    cause: { reason: 'nothing_to_refund' },
  })
  await expect(shop.system.order.refund({ orderId, restock: [...restock, ...restock] })).rejects.toMatchObject({
    cause: { reason: 'invalid_input' },
  })
})

test('the token of a confirmation opens that one order to whoever holds it', async () => {
  const ada = await buyer(shop, lines)
  const { id: orderId } = await ada.place('test_decline')
  const guestToken = guestTokenOf(shop.runtime.config, orderId)
  const anybody = shop.as({ kind: 'guest', guest: null }, randomUUID()).order
  expect(await anybody.get({ orderId, guestToken })).toMatchObject({ id: orderId })
  expect(await anybody.pay({ orderId, guestToken, paymentMethod: 'test_accept' })).toMatchObject({
    status: 'authorised',
  })
  expect(await anybody.cancel({ orderId, guestToken })).toMatchObject({ status: 'cancelled' })
})

test('a customer pages through their own orders and misses none', async () => {
  const actor = await customer()
  const made: string[] = []
  for (let n = 0; n < 5; n++) made.unshift((await (await buyer(shop, lines, { actor })).place()).id)
  const caller = shop.as(actor).order
  const first = await caller.list({ limit: 2 })
  const second = await caller.list({ limit: 2, cursor: first.next ?? '' })
  const third = await caller.list({ limit: 2, cursor: second.next ?? '' })
  expect([...first.rows, ...second.rows, ...third.rows].map(({ id }) => id)).toEqual(made)
  expect(third.next).toBeNull()
  expect((await caller.list({ status: 'cancelled' })).rows).toEqual([])
})

test('staff find an order by number however it is typed, by e-mail, status and date', async () => {
  const { id, number } = await (await buyer(shop, lines)).place()
  const staff = shop.staff('orders:read').order
  const ids = async (filter: Parameters<typeof staff.listAll>[0]) =>
    (await staff.listAll({ limit: 100, ...filter })).rows.map((row) => row.id)
  expect(await ids({ number: number.toLowerCase().replaceAll('-', ' ') })).toEqual([id])
  expect(await ids({ email: 'BUYER@example.com', status: 'authorised' })).toContain(id)
  expect(await ids({ email: 'nobody@example.com' })).toEqual([])
  expect(await ids({ from: new Date(Date.now() - 3_600_000), until: new Date(Date.now() + 3_600_000) })).toContain(id)
  expect(await ids({ until: new Date(Date.now() - 3_600_000) })).not.toContain(id)
})

test('notes are for staff only, and a repeat of a call adds none', async () => {
  const ada = await buyer(shop, lines)
  const { id: orderId } = await ada.place()
  const actor: Actor = { kind: 'system', name: 'notes' }
  const add = () => shop.as(actor, 'one-note-only').order.addNote({ orderId, text: 'Rang: wants it in red.' })
  expect(await add()).toEqual(await add())
  expect((await shop.staff('orders:read').order.notes({ orderId })).rows).toMatchObject([
    { text: 'Rang: wants it in red.', author: 'system:notes' },
  ])
  await expect(ada.caller.order.notes({ orderId })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
})

test('erasing a customer leaves their orders and sums, and nothing of the person', async () => {
  const actor = await customer()
  const ada = await buyer(shop, lines, { actor })
  const { id: orderId, total } = await ada.place()
  await shop.system.order.addNote({ orderId, text: 'Ada Example rang.' })
  await transact(shop, (ctx) => anonymiseOf(ctx, actor.userId))
  const order = await shop.system.order.get({ orderId })
  expect(order).toMatchObject({ total, email: null, shippingAddress: null, billingAddress: null })
  expect(JSON.stringify([order, await shop.system.order.notes({ orderId })])).not.toMatch(/Ada|example\.com/)
})

test('the database refuses an order whose sums do not add up, or two of one cart', async () => {
  const { id } = await (await buyer(shop, lines)).place()
  const change = (set: string) => shop.runtime.orm.em.fork().execute(`update "order" set ${set} where id = ?`, [id])
  for (const set of [
    'total = total + 1',
    'discount = -1',
    'tax_included = false',
    `status = 'cancelled'`,
    'shipping = 0',
  ]) {
    await expect(change(set)).rejects.toThrow(/violates check constraint/)
  }
})

test('order numbers can be read aloud', () => {
  const numbers = Array.from({ length: 1000 }, newOrderNumber)
  expect(new Set(numbers).size).toBe(1000)
  for (const number of numbers) {
    expect(number).toMatch(/^[2-9CDFGHJKMNPQRTVWXY]{3}(-[2-9CDFGHJKMNPQRTVWXY]{3}){2}$/)
    expect(OrderNumber.parse(` ${number.toLowerCase()} `.replaceAll('-', ''))).toBe(number)
  }
})
