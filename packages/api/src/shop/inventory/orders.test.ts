import { goods, transact } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { closeWith } from '../../platform/closing.ts'
import { isUnmet } from '../../platform/demand.ts'
import { type VariantId, variantId } from '../product/index.ts'
import { type OrderRef, orderRef } from './entity.ts'
import { availability, proveStock, release, reserve, reserving, restock, sell, type VariantQuantity } from './index.ts'
import { db } from './items.ts'

const shop = await testShop()

const one = async (onHand: number): Promise<VariantId> =>
  (await goods(shop, { onHand })).variantIds[0] ?? variantId.new()

const order = (lines: readonly VariantQuantity[], orderId: OrderRef = orderRef.new()) =>
  transact(shop, (ctx) => reserve(ctx, { orderId, lines, minutes: 15 })).then(() => orderId)

const levelOf = (id: VariantId) => shop.system.inventory.get({ variantId: id })

const differences = () => transact(shop, proveStock)

test('of two hundred buyers of one unit exactly one gets it, and the others are told what is left', async () => {
  const id = await one(1)
  const buyers = Array.from({ length: 200 }, () => order([{ variantId: id, quantity: 1 }]))
  const results = await Promise.allSettled(buyers)
  const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  expect(lost).toHaveLength(199)
  for (const fault of lost) {
    expect(fault).toMatchObject({
      reason: 'out_of_stock',
      details: { lines: [{ variantId: id, requested: 1, available: 0 }] },
    })
  }
  expect(await levelOf(id)).toMatchObject({ onHand: 1, reserved: 1, available: 0 })
  expect(await differences()).toEqual([])
})

test('two lines of one variant count together', async () => {
  const id = await one(3)
  const line = { variantId: id, quantity: 2 }
  await expect(order([line, line])).rejects.toMatchObject({
    reason: 'out_of_stock',
    details: { lines: [{ variantId: id, requested: 4, available: 3 }] },
  })
  await order([{ variantId: id, quantity: 1 }, line])
  expect(await levelOf(id)).toMatchObject({ reserved: 3 })
})

test('what is kept along with the commit is kept only where it leaves some', async () => {
  const id = await one(5)
  const keeping = (quantity: number) => {
    const stock = { orderId: orderRef.new(), lines: [{ variantId: id, quantity }], minutes: 15 }
    return transact(shop, (ctx) => closeWith(ctx, reserving(stock)))
  }
  for (const tooMany of [5, 6]) await expect(keeping(tooMany)).rejects.toSatisfy(isUnmet)
  expect(await levelOf(id)).toMatchObject({ reserved: 0 })
  await keeping(4)
  expect(await levelOf(id)).toMatchObject({ reserved: 4, available: 1 })
  await expect(keeping(1)).rejects.toSatisfy(isUnmet)
  expect(await differences()).toEqual([])
})

test('an order gets all its lines or none', async () => {
  const [plenty, none] = [await one(10), variantId.new()]
  await expect(
    order([
      { variantId: plenty, quantity: 1 },
      { variantId: none, quantity: 1 },
    ]),
  ).rejects.toMatchObject({ details: { lines: [{ variantId: none, available: 0 }] } })
  expect(await levelOf(plenty)).toMatchObject({ reserved: 0 })
})

test('orders with the same variants in opposite orders all go through', async () => {
  const { variantIds } = await goods(shop, { variants: 10, onHand: 1000 })
  const lines = variantIds.map((variantId) => ({ variantId, quantity: 1 }))
  const deadlocks = async () => {
    const { rows } = await transact(shop, (ctx) =>
      sql<{ deadlocks: number }>`select deadlocks from pg_stat_database where datname = current_database()`.execute(
        db(ctx),
      ),
    )
    return rows[0]?.deadlocks
  }
  const before = await deadlocks()
  await Promise.all(Array.from({ length: 100 }, (_, n) => order(n % 2 === 0 ? lines : lines.toReversed())))
  const { rows } = await shop.system.inventory.list({ variantIds })
  expect(rows.map((row) => row.reserved)).toEqual(variantIds.map(() => 100))
  expect(await deadlocks()).toBe(before)
})

test('what is not tracked sells without limit and keeps its ledger', async () => {
  const id = await one(2)
  await shop.system.inventory.setTracked({ variantId: id, tracked: false })
  const orderId = await order([{ variantId: id, quantity: 5 }])
  await transact(shop, (ctx) => sell(ctx, orderId))
  expect(await levelOf(id)).toMatchObject({ onHand: -3, reserved: 0, available: null })
  expect(await differences()).toEqual([])
})

test('reserved stock is sold once, however often and however many say so', async () => {
  const id = await one(5)
  const orderId = await order([{ variantId: id, quantity: 2 }])
  const sales = await Promise.all(Array.from({ length: 8 }, () => transact(shop, (ctx) => sell(ctx, orderId))))
  expect(sales.filter((lines) => lines.length > 0)).toEqual([[{ variantId: id, quantity: 2 }]])
  expect(await levelOf(id)).toMatchObject({ onHand: 3, reserved: 0, available: 3 })
  const { rows } = await shop.system.inventory.movements({ orderId })
  expect(rows).toMatchObject([{ delta: -2, reason: 'sold', orderId }])
})

test('reserved stock is given back once, and is not sold after that', async () => {
  const id = await one(5)
  const orderId = await order([{ variantId: id, quantity: 2 }])
  await Promise.all(Array.from({ length: 8 }, () => transact(shop, (ctx) => release(ctx, orderId))))
  expect(await transact(shop, (ctx) => sell(ctx, orderId))).toEqual([])
  expect(await levelOf(id)).toMatchObject({ onHand: 5, reserved: 0 })
})

test('a sale and a release at once: one of them happens', async () => {
  const { variantIds } = await goods(shop, { variants: 3, onHand: 50 })
  const lines = variantIds.map((variantId) => ({ variantId, quantity: 1 }))
  const orders = await Promise.all(Array.from({ length: 20 }, () => order(lines)))
  const outcomes = await Promise.all(
    orders.map((orderId) =>
      Promise.all([transact(shop, (ctx) => sell(ctx, orderId)), transact(shop, (ctx) => release(ctx, orderId))]),
    ),
  )
  for (const [sold, released] of outcomes) expect([sold.length, released.length].sort()).toEqual([0, 3])
  expect(await differences()).toEqual([])
})

test('reserving twice for one order reserves once, even when the shop has no more', async () => {
  const id = await one(2)
  const lines = [{ variantId: id, quantity: 2 }]
  const orderId = await order(lines)
  await order(lines, orderId)
  expect(await levelOf(id)).toMatchObject({ reserved: 2 })
})

test('an order that gave its stock back can reserve it anew', async () => {
  const id = await one(1)
  const lines = [{ variantId: id, quantity: 1 }]
  const orderId = await order(lines)
  await transact(shop, (ctx) => release(ctx, orderId))
  await order(lines, orderId)
  const { rows } = await shop.system.inventory.reservations({ orderId })
  expect(rows.map((row) => row.state).sort()).toEqual(['live', 'released'])
})

test('no more comes back than was sold', async () => {
  const id = await one(5)
  const orderId = await order([{ variantId: id, quantity: 3 }])
  await transact(shop, (ctx) => sell(ctx, orderId))
  const back = (quantity: number) =>
    transact(shop, (ctx) => restock(ctx, { orderId, lines: [{ variantId: id, quantity }] }))
  expect(await back(1)).toEqual([{ variantId: id, quantity: 1 }])
  await Promise.all([back(3), back(3)])
  expect(await back(3)).toEqual([])
  expect(await levelOf(id)).toMatchObject({ onHand: 5 })
  expect(await differences()).toEqual([])
})

test('units that orders hold cannot be counted away', async () => {
  const id = await one(5)
  await order([{ variantId: id, quantity: 4 }])
  await expect(shop.system.inventory.setLevel({ variantId: id, onHand: 3 })).rejects.toMatchObject({
    cause: { reason: 'below_reserved', details: { variantId: id, reserved: 4, onHand: 3 } },
  })
})

test('a variant that an order holds cannot be deleted', async () => {
  const id = await one(5)
  await order([{ variantId: id, quantity: 1 }])
  await expect(shop.system.variant.delete({ id })).rejects.toMatchObject({ cause: { reason: 'variant_in_use' } })
})

test('availability answers for every variant asked about', async () => {
  const [some, unlimited, unknown] = [await one(7), await one(0), variantId.new()]
  await shop.system.inventory.setTracked({ variantId: unlimited, tracked: false })
  await order([{ variantId: some, quantity: 3 }])
  const found = await transact(shop, (ctx) => availability(ctx, [some, unlimited, unknown]))
  expect(found).toEqual(
    new Map<VariantId, number | 'unlimited'>([
      [some, 4],
      [unlimited, 'unlimited'],
      [unknown, 0],
    ]),
  )
})

const corrupt = (statement: ReturnType<typeof sql>) => transact(shop, (ctx) => statement.execute(db(ctx)))

test('the proof finds a level that was changed behind the ledger’s back, and names it', async () => {
  const id = await one(5)
  await corrupt(sql`update inventory_item set on_hand = 6 where variant_id = ${id}`)
  expect(await differences()).toEqual([
    { variantId: id, sku: null, onHand: 6, movements: 5, reserved: 0, reservations: 0 },
  ])
  await corrupt(sql`update inventory_item set on_hand = 5 where variant_id = ${id}`)
  expect(await differences()).toEqual([])
})

test('the proof finds a reservation that was lost, and a movement that was', async () => {
  const id = await one(5)
  const orderId = await order([{ variantId: id, quantity: 2 }])
  await corrupt(sql`update reservation set state = 'released' where order_id = ${orderId}`)
  expect(await differences()).toMatchObject([{ variantId: id, reserved: 2, reservations: 0 }])
  await corrupt(sql`delete from stock_movement where variant_id = ${id}`)
  expect(await differences()).toMatchObject([{ variantId: id, onHand: 5, movements: 0 }])
  await corrupt(sql`delete from reservation where variant_id = ${id}`)
  await corrupt(sql`delete from inventory_item where variant_id = ${id}`)
  expect(await differences()).toEqual([])
})

test('the database itself refuses to hold less than nothing', async () => {
  const id = await one(5)
  await expect(corrupt(sql`update inventory_item set on_hand = -1 where variant_id = ${id}`)).rejects.toThrow()
  await expect(corrupt(sql`update inventory_item set reserved = -1 where variant_id = ${id}`)).rejects.toThrow()
  await expect(corrupt(sql`update inventory_item set reserved = 6 where variant_id = ${id}`)).rejects.toThrow()
})
