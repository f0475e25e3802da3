import { randomUUID } from 'node:crypto'
import { type Buyer, buyer, visitor } from '@barrow/dev/test-buyer'
import { goods, transact } from '@barrow/dev/test-goods'
import { type Caller, testShop } from '@barrow/dev/test-shop'
import { tripsOf } from '@barrow/dev/test-statements'
import { TRPCError } from '@trpc/server'
import { expect, test } from 'vitest'
import { createCaller, createRuntime, readConfig } from '../../runtime.ts'
import { type AttemptId, attemptId as attemptRef } from '../payment/index.ts'
import { orderId as orderRef } from './entity.ts'
import { withFreshNumber } from './number.ts'
import { settle } from './outcome.ts'
import type { Begun } from './steps.ts'

const shop = await testShop()
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)

const stocked = async (onHand: number) => {
  const [variantId] = (await goods(shop, { onHand })).variantIds
  if (variantId === undefined) throw new Error('goods have a variant')
  return variantId
}
const stockOf = async (variantId: string) =>
  (
    await sql<{ onHand: number; reserved: number }>(
      'select on_hand as "onHand", reserved from inventory_item where variant_id = ?',
      [variantId],
    )
  )[0]

test('an order is made at the price that was shown, its stock is kept, its money promised', async () => {
  const variantId = await stocked(5)
  const ada = await buyer(shop, [{ variantId, quantity: 2 }])
  const order = await ada.place()
  expect(order).toMatchObject({
    status: 'authorised',
    currency: 'EUR',
    subtotal: 3998,
    discount: 0,
    shipping: 490,
    tax: 638 + 78,
    taxIncluded: true,
    total: 4488,
    payment: { status: 'authorised', captured: 0, refunded: 0 },
  })
  expect(order.number).toMatch(/^[2-9C-Y]{3}-[2-9C-Y]{3}-[2-9C-Y]{3}$/)
  expect(await stockOf(variantId)).toEqual({ onHand: 5, reserved: 2 })
  const view = await ada.caller.order.get({ orderId: order.id })
  expect(view).toMatchObject({ email: 'buyer@example.com', shippingAddress: { name: 'Ada Example' } })
  expect(view.lines).toMatchObject([{ variantId, quantity: 2, unitAmount: 1999, subtotal: 3998, total: 3998 }])
  expect(await ada.caller.cart.current()).toBeNull()
})

test('tax that comes on top is part of the sum that is charged', async () => {
  const ada = await buyer(shop, [{ variantId: await stocked(1) }], { countryCode: 'US' })
  expect(await ada.place()).toMatchObject({
    subtotal: 1999,
    shipping: 490,
    tax: 165 + 40,
    taxIncluded: false,
    total: 2694,
  })
})

test('a price that changed since it was shown is told with both sums, and nothing is ordered', async () => {
  const variantId = await stocked(5)
  const ada = await buyer(shop, [{ variantId }])
  const placement = await ada.placement()
  await shop.system.variant.setPrices({ prices: [{ variantId, currency: 'EUR', amount: 2500 }] })
  await expect(shop.as(ada.actor, randomUUID()).order.place(placement)).rejects.toMatchObject({
    cause: {
      reason: 'price_changed',
      details: { shown: { amount: 2489, currency: 'EUR' }, now: { amount: 2990, currency: 'EUR' } },
    },
  })
  expect(await stockOf(variantId)).toEqual({ onHand: 5, reserved: 0 })
  expect(await ada.caller.order.list({})).toEqual({ rows: [], next: null })
  expect((await ada.place()).total).toBe(2990)
})

test('what is out of stock is named, and a refused order can be placed again under the same key', async () => {
  const variantId = await stocked(1)
  const ada = await buyer(shop, [{ variantId, quantity: 2 }])
  const placement = await ada.placement()
  const place = () => shop.as(ada.actor, 'out-of-stock-key').order.place(placement)
  await expect(place()).rejects.toMatchObject({
    cause: { reason: 'out_of_stock', details: { lines: [{ variantId, requested: 2, available: 1 }] } },
  })
  await shop.system.inventory.setLevels({ levels: [{ variantId, onHand: 2 }] })
  expect((await place()).status).toBe('authorised')
})

test('an order without a key, a quote of another cart and a forged quote are refused', async () => {
  const variantId = await stocked(5)
  const ada = await buyer(shop, [{ variantId }])
  const ben = await buyer(shop, [{ variantId }])
  const placement = await ada.placement()
  await expect(ada.caller.order.place(placement)).rejects.toMatchObject({
    cause: { reason: 'idempotency_key_required' },
  })
  for (const quote of [(await ben.placement()).quote, `${placement.quote}x`, 'nothing']) {
    await expect(shop.as(ada.actor, randomUUID()).order.place({ ...placement, quote })).rejects.toMatchObject({
      cause: { reason: 'quote_invalid' },
    })
  }
})

test('the same key fifty times at once: one order, the same answer, one payment at the provider', async () => {
  const variantId = await stocked(100)
  const ada = await buyer(shop, [{ variantId }])
  const placement = await ada.placement()
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => shop.as(ada.actor, 'fifty-times').order.place(placement)),
  )
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect((await ada.caller.order.list({})).rows).toHaveLength(1)
  expect(await sql('select status from test_payment where order_number = ?', [answers[0]?.number])).toEqual([
    { status: 'authorised' },
  ])
  expect(await stockOf(variantId)).toEqual({ onHand: 100, reserved: 1 })
  await expect(
    shop.as(ada.actor, 'fifty-times').order.place({ ...placement, paymentMethod: 'test_decline' }),
  ).rejects.toMatchObject({ cause: { reason: 'idempotency_key_reused' } })
})

test('one cart under twenty keys at once: one order, and the others learn which', async () => {
  const ada = await buyer(shop, [{ variantId: await stocked(100) }])
  const placement = await ada.placement()
  const calls = await Promise.allSettled(
    Array.from({ length: 20 }, () => shop.as(ada.actor, randomUUID()).order.place(placement)),
  )
  const made = calls.flatMap((call) => (call.status === 'fulfilled' ? [call.value.id] : []))
  expect(made).toHaveLength(1)
  for (const call of calls) {
    if (call.status === 'rejected') {
      expect(call.reason.cause).toMatchObject({ reason: 'cart_ordered', details: { orderId: made[0] } })
    }
  }
})

test('two hundred buyers at once for one unit: one order, 199 told it is out of stock', async () => {
  const variantId = await stocked(1)
  const buyers: Buyer[] = []
  while (buyers.length < 200) {
    buyers.push(...(await Promise.all(Array.from({ length: 8 }, () => buyer(shop, [{ variantId }])))))
  }
  const placements = await Promise.all(buyers.map((buyer) => buyer.placement()))
  // As the client does: who is told that the shop is busy comes back with the same key.
  const insist = async (place: Caller['order']['place'], placement: Parameters<typeof place>[0]) => {
    for (;;) {
      try {
        return await place(placement)
      } catch (error) {
        if (!(error instanceof TRPCError) || error.code !== 'SERVICE_UNAVAILABLE') throw error
      }
    }
  }
  const calls = await Promise.allSettled(
    placements.map((placement, n) =>
      insist(shop.as(buyers[n]?.actor ?? visitor(), randomUUID()).order.place, placement),
    ),
  )
  const reasons = calls.map((call) => (call.status === 'fulfilled' ? call.value.status : call.reason.cause?.reason))
  expect(reasons.filter((reason) => reason === 'authorised')).toHaveLength(1)
  expect(reasons.filter((reason) => reason === 'out_of_stock')).toHaveLength(199)
  expect(await stockOf(variantId)).toEqual({ onHand: 1, reserved: 1 })
})

test('carts with their lines in opposite order do not wait for each other for ever', async () => {
  const { variantIds } = await goods(shop, { variants: 4, onHand: 100 })
  const buyers = []
  for (let n = 0; n < 16; n++) {
    const ids = n % 2 ? variantIds : variantIds.toReversed()
    buyers.push(
      await buyer(
        shop,
        ids.map((variantId) => ({ variantId })),
      ),
    )
  }
  const orders = await Promise.all(buyers.map((buyer) => buyer.place()))
  expect(orders.map(({ status }) => status)).toEqual(Array(16).fill('authorised'))
  for (const variantId of variantIds) expect(await stockOf(variantId)).toEqual({ onHand: 100, reserved: 16 })
})

test('a cart that is edited while it is paid: the order is what was shown, or there is none', async () => {
  const variantId = await stocked(1000)
  for (let round = 0; round < 10; round++) {
    const ada = await buyer(shop, [{ variantId }])
    const placement = await ada.placement()
    const { cartId } = ada
    const [placed] = await Promise.allSettled([
      shop.as(ada.actor, randomUUID()).order.place(placement),
      ada.caller.cart.addLine({ cartId, variantId, quantity: 3 }),
    ])
    if (placed.status === 'rejected') expect(placed.reason.cause.reason).toBe('price_changed')
    else {
      const { lines, total } = await ada.caller.order.get({ orderId: placed.value.id })
      expect([lines[0]?.quantity, total]).toEqual([1, 2489])
      expect(await sql('select amount from test_payment where order_number = ?', [placed.value.number])).toEqual([
        { amount: 2489 },
      ])
    }
  }
})

test('a number that is taken is drawn again', async () => {
  const taken = await (await buyer(shop, [{ variantId: await stocked(1) }])).place()
  const draws = [taken.number, 'CCC-CCC-CCC']
  const insert = (number: string) =>
    sql(
      `insert into "order" select (json_populate_record(o, json_build_object('id', 'order_' || ?::text, 'cart_id', ?::text,
         'number', ?::text))).* from "order" o where o.id = ?`,
      [randomUUID(), randomUUID(), number, taken.id],
    )
  await withFreshNumber(insert, () => draws.shift() ?? 'never')
  expect(await sql('select 1 as made from "order" where number = ?', ['CCC-CCC-CCC'])).toEqual([{ made: 1 }])
  await sql('delete from "order" where number = ?', ['CCC-CCC-CCC'])
})

test('placing an order takes ten statements in five round trips, the provider’s included, whatever is in it', async () => {
  const lines = await Promise.all([1, 2, 3].map(async () => ({ variantId: await stocked(20) })))
  const [statements, trips]: [Set<number>, number[]] = [new Set(), []]
  for (const bought of [1, 1, 1, 1, 1, 1, 1, 1, 2, 3]) {
    const ada = await buyer(shop, lines.slice(0, bought))
    const placement = await ada.placement()
    const sent = await tripsOf(() => shop.as(ada.actor, randomUUID()).order.place(placement))
    statements.add(sent.flat().filter((text) => text !== 'begin' && text !== 'commit').length)
    trips.push(sent.length)
  }
  expect(statements).toEqual(new Set([10]))
  // On a connection that has prepared them; others send them one by one.
  expect(Math.min(...trips)).toBe(5)
})

test('whoever buys the last ones sells them out, and the shop is told', async () => {
  const variantId = await stocked(3)
  const soldOut = () =>
    sql(
      `select name from outbox_event where name = 'inventory.availability_changed'
         and jsonb_exists(payload->'variantIds', ?) and payload->>'available' = 'false'`,
      [variantId],
    )
  await (await buyer(shop, [{ variantId, quantity: 2 }])).place()
  expect(await soldOut()).toEqual([])
  await (await buyer(shop, [{ variantId, quantity: 1 }])).place()
  expect(await soldOut()).toHaveLength(1)
  expect(await stockOf(variantId)).toEqual({ onHand: 3, reserved: 3 })
})

/** What an order has left behind, without what differs from one to the next. */
async function tracesOf(orderId: string) {
  const [order] = await sql('select status, cancel_reason from "order" where id = ?', [orderId])
  const [attempt] = await sql('select number, status, wanted, refunded, code from payment_attempt where order_id = ?', [
    orderId,
  ])
  const moments = await sql(
    'select what, actor_kind, array(select jsonb_object_keys(details)) as details from order_moment where order_id = ? order by id',
    [orderId],
  )
  const events = await sql('select name, version, sequence from outbox_event where key = ? order by sequence', [
    orderId,
  ])
  const audited = await sql(
    `select action, actor_kind, before, after - 'attemptId' as after from audit_entry where subject = ? order by id`,
    [orderId],
  )
  return { order, attempt, moments, events, audited }
}

test('an order that is paid at once leaves behind what one leaves that is paid later', async () => {
  const lines = [{ variantId: await stocked(5) }]
  const atOnce = await (await buyer(shop, lines)).place()
  const late = await buyer(shop, lines)
  const pending = await late.place('test_unknown')
  expect(pending.status).toBe('pending_payment')
  const [attempt] = await sql<{ id: AttemptId }>('select id from payment_attempt where order_id = ?', [pending.id])
  if (attempt === undefined) throw new Error('an order has an attempt')
  const state = { status: 'authorised', reference: 'test_late' } as const
  const settled = await transact(
    shop,
    (ctx) => settle({ ...ctx, action: 'order.place' }, { orderId: pending.id, attemptId: attempt.id, state }),
    late.actor,
  )
  expect(settled.status).toBe(atOnce.status)
  expect(await tracesOf(atOnce.id)).toEqual(await tracesOf(pending.id))
})

test('an answer that somebody else has brought in already is not brought in twice', async () => {
  const ada = await buyer(shop, [{ variantId: await stocked(5) }])
  const placement = await ada.placement()
  const { payments } = shop.runtime
  // The provider's own word of it comes before its answer does.
  const overtaken = await createRuntime(readConfig(shop.env), {
    payments: {
      ...payments,
      async authorise(request) {
        const state = await payments.authorise(request)
        const [{ orderId, attemptId } = { orderId: orderRef.new(), attemptId: attemptRef.new() }] = await sql<Begun>(
          'select order_id as "orderId", id as "attemptId" from payment_attempt where id = ?',
          [request.attemptId],
        )
        await transact(shop, (ctx) => settle(ctx, { orderId, attemptId, state }))
        return state
      },
    },
  })
  try {
    const order = await createCaller(overtaken, ada.actor, { idempotencyKey: randomUUID() }).order.place(placement)
    expect(order).toMatchObject({ status: 'authorised', payment: { status: 'authorised' } })
    const events = await sql('select name from outbox_event where key = ? order by sequence', [order.id])
    expect(events).toEqual([{ name: 'order.placed' }, { name: 'order.payment_authorised' }])
  } finally {
    await overtaken.close()
  }
})
