import { buyer } from '@barrow/dev/test-buyer'
import { goods, transact } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { beforeAll, expect, test } from 'vitest'
import { createWorkContext } from './platform/context.ts'
import { relay } from './platform/relay.ts'
import { invariants, prove } from './prove.ts'
import * as order from './shop/order/index.ts'

const shop = await testShop()
const sql = <T>(query: string): Promise<T[]> => shop.runtime.orm.em.fork().execute(query)
const work = () => createWorkContext(shop.runtime, 'test', 'test', 'test')

/** Orders in each state that a shop at rest has, one of them handed back in part, and stock that came and went. */
beforeAll(async () => {
  const { variantIds } = await goods(shop, { onHand: 50, variants: 2 })
  const lines = variantIds.map((variantId) => ({ variantId, quantity: 2 }))
  for (const wish of ['confirmed', 'cancelled', 'refunded', 'declined']) {
    const ada = await buyer(shop, lines)
    const { id } = await ada.place(wish === 'declined' ? 'test_declined' : 'test_accept')
    if (wish === 'declined') continue
    await settle(`select id as "attemptId", order_id as "orderId" from payment_attempt where order_id = '${id}'`)
    if (wish === 'cancelled') await ada.caller.order.cancel({ orderId: id })
    if (wish === 'refunded')
      await shop.as({ kind: 'system', name: 'test' }, 'refund-1').order.refund({ orderId: id, amount: 100 })
  }
  for (const { orderId, refundId } of await sql<{ orderId: order.OrderId; refundId: `refund_${string}` }>(
    `select order_id as "orderId", id as "refundId" from refund`,
  )) {
    const effect = await order.payBack(work(), { orderId, refundId })
    await transact(shop, effect)
  }
  while ((await relay(work(), [{ consumer: 'mail', events: ['order.confirmed'] }])).length > 0);
  await sql(`update inbox_entry set status = 'done'`)
})

async function settle(query: string): Promise<void> {
  for (const asked of await sql<Parameters<typeof order.capture>[1]>(query)) {
    await transact(shop, await order.capture(work(), asked))
  }
}

test('a shop that only did what it should is proven, at rest and at work', async () => {
  expect(await prove(work(), { atRest: false })).toEqual([])
  expect(await prove(work(), { atRest: true })).toEqual([])
})

/** One row of a query, as a subquery that an update can name. */
const one = (query: string) => `(${query} order by 1 limit 1)`
const anOrder = (status: string) => one(`select id from "order" where status = '${status}'`)
const anAttempt = one(`select id from payment_attempt where wanted and status = 'captured' and refunded = 0`)

/** What could go wrong with a shop's books, and the sentence that must notice. */
const violations: Record<string, string> = {
  'What is on hand is what came less what went.': 'update inventory_item set on_hand = on_hand + 1',
  'Nothing that is counted is below zero, and no more of it is reserved than is there.':
    'update inventory_item set reserved = on_hand + 1',
  'What is reserved is the sum of the live reservations.': 'update inventory_item set reserved = reserved + 1',
  'Exactly the orders that wait for their money have their lines reserved.': `update reservation set state = 'live' where state = 'released'`,
  'What was sold is what paid orders hold and nobody brought back.': `delete from stock_movement where reason = 'sold'`,
  'A cart became one order at most, and says which.': `update cart set state = 'set_aside'`,
  'An order was placed under one key.': `insert into idempotency_key (principal, procedure, key, request_hash, answer)
    select principal, procedure, key || '-again', request_hash, answer from idempotency_key where procedure = 'order.place'`,
  'Every answer that said an order was placed names one that exists, with that total.': `update idempotency_key
    set answer = jsonb_set(answer, '{json,value,total}', '1') where procedure = 'order.place'`,
  'A paid order has one captured payment that it counts on, of its total and currency.': `update payment_attempt set amount = amount + 1 where status = 'captured'`,
  'An order that is not paid counts on no captured payment.': `update payment_attempt set status = 'captured', wanted = true
    where order_id = ${anOrder('payment_failed')}`,
  'The sums of an order are those of its lines and its shipping, and none is below zero.': `update "order" set subtotal = subtotal + 1, total = total + 1`,
  'Of every order that was confirmed, and is kept in the outbox, its buyer was written to.': `update inbox_entry set status = 'dead'`,
  'Every order was told of once when it was placed, and once when it was confirmed.': `delete from outbox_event where name = 'order.placed'`,
  'An order has come from one state to the next, and only where a move leads.': `update "order" set status = 'fulfilled' where id = ${anOrder('confirmed')}`,
  'No order waits for its money longer than a quarter of an hour after it is due.': `update "order" set expires_at = now() - interval '1 hour'`,
  'No reservation is without its order.': `insert into reservation select 'reservation_x', 'order_x', variant_id, 1, 'released', now(), now() from inventory_item limit 1`,
  'No payment attempt is without its order.': `update payment_attempt set order_id = 'order_x' where id = ${anAttempt}`,
  'No refund is without its order.': `update refund set order_id = 'order_x'`,
  'No stock movement is without its order.': `update stock_movement set order_id = 'order_x' where reason = 'sold'`,
  'No order is without lines, or without a payment.': 'delete from order_line',
  'No event tells of an order that does not exist.': `update outbox_event set key = 'order_x' where name = 'order.cancelled'`,
  'The money of an attempt that its order gave up is back, or on its way back.': `update payment_attempt set refunded = 0 where not wanted and status = 'captured'`,
  'No attempt that its order gave up still holds money.': `update payment_attempt set status = 'authorised' where not wanted`,
  'No refund waits to be asked for: the provider has each, and may take days to carry it out.': `update refund set status = 'requested', reference = null`,
  'Whatever the provider told of a payment was heeded.': `insert into payment_notice (id, attempt_id) select 'evt_1', id from payment_attempt limit 1`,
  'The ledger of the built-in provider says the same as the shop’s books.': `update test_payment set amount = amount + 1`,
  'What goes back of an attempt is the sum of its refunds, in its currency, and no more than it took.':
    'delete from refund',
  'Every event has left the outbox.': 'update outbox_event set sent_at = null',
  'No event comes after the last of its aggregate.': 'update event_sequence set value = value - 1',
  'Every event that left the outbox is in the inbox of each consumer that takes its kind.': `
    update outbox_event set sent_at = sent_at + interval '1 minute' where id = ${one('select event_id from inbox_entry')};
    insert into outbox_event select id || 'x', name, version, key || 'x', sequence, payload, occurred_at, sent_at
    from outbox_event where name = 'order.confirmed'`,
  'Every consumer has finished every event, and given none up.': `update inbox_entry set status = 'waiting'`,
}

test.each(invariants)('it is noticed when this is no longer so: $sentence', async ({ sentence, sql: query }) => {
  const violation = violations[sentence]
  if (violation === undefined) throw new Error('nobody has thought of a way to break it')
  const rolledBack = new Error('rolled back')
  const found = shop.runtime.orm.em.fork().transactional(async (em) => {
    // The database guards most of this by itself: here it looks away.
    await em.execute(`set local session_replication_role = 'replica'`)
    for (const check of await em.execute<{ name: string; of: string }[]>(
      `select conname as name, conrelid::regclass::text as of from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace`,
    ))
      await em.execute(`alter table ${check.of} drop constraint ${check.name}`)
    await em.execute(violation)
    const offending: unknown[] = await em.execute(query)
    expect(offending.length).toBeGreaterThan(0)
    throw rolledBack
  })
  await expect(found).rejects.toBe(rolledBack)
})

test('what is wrong is named with the ids of what is wrong, a hundred at most', async () => {
  const [item] = await sql<{ id: string }>('select variant_id as id from inventory_item order by 1 limit 1')
  await sql(`update inventory_item set on_hand = on_hand + 1 where variant_id = '${item?.id}'`)
  expect(await prove(work(), { atRest: false })).toEqual([
    { id: 'I1', sentence: 'What is on hand is what came less what went.', offending: [item?.id], count: 1 },
  ])
  await sql(`update inventory_item set on_hand = on_hand - 1 where variant_id = '${item?.id}'`)
})
