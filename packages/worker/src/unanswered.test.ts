import { startStripeServer } from '@barrow/dev/stripe/server'
import { orderBecomes, shopper } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test, vi } from 'vitest'
import { consumers } from './consumers/index.ts'
import { startWorker } from './worker.ts'

const stripe = await startStripeServer({ seed: 11 })
const shop = await testShop({
  env: { PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: stripe.secretKey, STRIPE_API_URL: stripe.url },
})
const worker = await startWorker(shop.runtime, consumers)
afterAll(async () => {
  await worker.stop()
  await stripe.close()
})

const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const soon = { timeout: 150_000, interval: 20 }
vi.setConfig({ testTimeout: 180_000 })
const staff = shop.staff('orders:read', 'orders:refund', 'events:read', 'events:write')
type OrderId = Parameters<typeof staff.order.get>[0]['orderId']

const booked = (number: string) =>
  stripe.ledger.entries().flatMap((entry) => (entry.order === number ? [entry.kind] : []))

/** The provider does nothing of a kind, and says nothing, until it is well again. */
const silence = (operation: 'capture' | 'cancel' | 'refund') =>
  stripe.faults.add({ operation, kind: 'error', status: 500, times: 1_000 })

/** Hours later: the worker has asked for as often as it does, and the event is a dead letter that says why. */
async function givenUp(orderId: OrderId): Promise<void> {
  const failing = `from inbox_entry where consumer = 'order-processing' and key = ? and status = 'waiting' and attempts > 0`
  await vi.waitFor(async () => expect(await sql(`select ${failing}`, [orderId])).toHaveLength(1), soon)
  await sql(
    `update inbox_entry set attempts = 99, due_at = now()
     where (event_id, consumer) in (select event_id, consumer ${failing})`,
    [orderId],
  )
  await vi.waitFor(async () => {
    const { rows } = await staff.event.deadLetters({ consumer: 'order-processing' })
    expect(rows).toMatchObject([{ key: orderId, error: expect.stringContaining('payment_no_answer') }])
  }, soon)
}
/** The provider is well again, and an hour goes by. */
async function anHourLater(): Promise<void> {
  stripe.faults.clear()
  await sql(`update payment_attempt set asked_at = now() - interval '1 hour'`)
  await sql(`update refund set asked_at = now() - interval '1 hour'`)
  await sql(`update schedule_run set began_at = now() - interval '1 hour' where name = 'complete-unanswered'`)
}
/** What was given up is tried again by hand; there is nothing left to do. */
async function redriven(): Promise<void> {
  expect(await staff.event.redrive({ consumer: 'order-processing' })).toEqual({ redriven: 1, more: false })
  await vi.waitFor(async () => expect(await sql(`select from inbox_entry where status <> 'done'`)).toEqual([]), soon)
}

test('money that was promised is taken when the provider is back, long after the event was given up, and once', async () => {
  await silence('capture')
  const { id, number, total } = await (await shopper(shop)).place('pm_card_visa')
  await givenUp(id)
  expect(await staff.order.get({ orderId: id })).toMatchObject({ status: 'authorised' })
  await anHourLater()
  await orderBecomes(shop, id, { status: 'confirmed', payment: { captured: total } })
  await redriven()
  expect(booked(number)).toEqual(['authorised', 'captured'])
})

test('a promise that could not be let go is let go when the provider is back', async () => {
  await silence('cancel')
  const ada = await shopper(shop)
  const { id, number } = await ada.place('pm_card_authenticationRequired')
  await ada.caller.order.cancel({ orderId: id })
  await givenUp(id)
  await anHourLater()
  await orderBecomes(shop, id, { status: 'cancelled', payment: { status: 'voided' } })
  await redriven()
  expect(booked(number)).not.toContain('captured')
})

test('money that was to go back goes back when the provider is back, and once', async () => {
  const { id, number, total } = await (await shopper(shop)).place('pm_card_visa')
  await orderBecomes(shop, id, { status: 'confirmed' })
  await silence('refund')
  await staff.order.refund({ orderId: id })
  await givenUp(id)
  await anHourLater()
  await vi.waitFor(
    async () =>
      expect(await sql('select status from refund where order_id = ?', [id])).toEqual([{ status: 'refunded' }]),
    soon,
  )
  await redriven()
  expect(booked(number)).toEqual(['authorised', 'captured', 'refunded'])
  expect(await staff.order.get({ orderId: id })).toMatchObject({ payment: { captured: total, refunded: total } })
})

test('what was given up is done by a re-drive too, before anybody asks again', async () => {
  await silence('capture')
  const { id, number } = await (await shopper(shop)).place('pm_card_visa')
  await givenUp(id)
  stripe.faults.clear()
  await redriven()
  await orderBecomes(shop, id, { status: 'confirmed' })
  expect(booked(number)).toEqual(['authorised', 'captured'])
})
