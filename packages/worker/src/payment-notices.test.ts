import { randomUUID } from 'node:crypto'
import { createMailbox } from '@barrow/api/work'
import { startStripeServer } from '@barrow/dev/stripe/server'
import { orderBecomes, shopper } from '@barrow/dev/test-buyer'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { consumers } from './consumers/index.ts'
import { startWorker } from './worker.ts'

const SECRET = 'whsec_current'
const stripe = await startStripeServer({ seed: 7 })
const shop = await testShop({
  env: {
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_API_URL: stripe.url,
    STRIPE_WEBHOOK_SECRET: SECRET,
    // Only the provider's own word moves a payment here: nobody asks for it in passing.
    PAYMENT_GRACE_SECONDS: '600',
  },
})
const { url } = await served(shop)
stripe.webhooks.sendTo({ url: `${url}/payments/webhook`, secrets: [SECRET] })
const worker = await startWorker(shop.runtime, consumers)
beforeEach(() => {
  stripe.faults.clear()
  stripe.webhooks.travel({ backoffMs: 20 })
})
afterAll(async () => {
  await worker.stop()
  await stripe.close()
})

const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const soon = { timeout: 150_000, interval: 20 }
const staff = shop.staff('orders:read', 'orders:refund')
type OrderId = Parameters<typeof staff.order.get>[0]['orderId']
const mailbox = createMailbox(shop.runtime.config.mail.mailboxDir)

const quiet = async () => {
  await stripe.webhooks.idle()
  await vi.waitFor(async () => {
    // In one look: what is done in the inbox between two may be new in the outbox.
    expect(
      await sql(
        `select id as open from outbox_event where sent_at is null
         union all select event_id from inbox_entry where status in ('waiting', 'working')`,
      ),
    ).toEqual([])
  }, soon)
}
const booked = (number: string) =>
  stripe.ledger.entries().flatMap((entry) => (entry.order === number ? [entry.kind] : []))
const toldOf = async (orderId: OrderId) =>
  (await sql<{ name: string }>('select name from outbox_event where key = ? order by sequence', [orderId])).map(
    ({ name }) => name,
  )
const mailsOf = async (number: string) =>
  (await mailbox.list()).filter((mail) => mail.subject.includes(number)).map((mail) => mail.subject)
const intentOf = async (orderId: OrderId) => {
  const [attempt] = await sql<{ reference: string }>('select reference from payment_attempt where order_id = ?', [
    orderId,
  ])
  return attempt?.reference ?? ''
}
/** Notices about an order that nobody has heeded. */
const openOf = (orderId: OrderId) =>
  sql(
    `select notice.id from payment_notice notice join payment_attempt attempt on attempt.id = notice.attempt_id
     where attempt.order_id = ? and heeded_at is null`,
    [orderId],
  )
const BOUGHT = ['order.placed', 'order.payment_authorised', 'order.confirmed']

/** Bought once, whoever told of it and however often. */
async function expectBoughtOnce({ id, number }: { id: OrderId; number: string }): Promise<void> {
  await orderBecomes(shop, id, { status: 'confirmed' })
  await quiet()
  expect(booked(number)).toEqual(['authorised', 'captured'])
  expect(await toldOf(id)).toEqual(BOUGHT)
  expect(await mailsOf(number)).toEqual([`Your order ${number} is confirmed`])
}

test('what comes twenty times, late and out of order, is one payment, one order and one mail', async () => {
  stripe.webhooks.travel({ copies: 20, shuffle: true, delayMs: 400 })
  const orders = await Promise.all(Array.from({ length: 5 }, async () => (await shopper(shop)).place('pm_card_visa')))
  for (const order of orders) await expectBoughtOnce(order)
  // Nobody waits longer than ten seconds for an answer (null) on a machine that keeps up; the next try finds one.
  const answers = stripe.webhooks.deliveries().map(({ status }) => status)
  expect([...new Set(answers.filter((status) => status !== null))]).toEqual([200])
  expect(stripe.webhooks.deliveries().length).toBeGreaterThanOrEqual(200)
  for (const { id } of orders) expect(await openOf(id)).toEqual([])
})

test('a buyer who never comes back from their bank has bought all the same', async () => {
  const ada = await shopper(shop)
  const order = await ada.place('pm_card_authenticationRequired')
  expect(order.payment.status).toBe('needs_action')
  stripe.act(await intentOf(order.id), 'authorised')
  await expectBoughtOnce(order)
  expect(await ada.caller.order.confirmPayment({ orderId: order.id })).toMatchObject({ status: 'confirmed' })
})

test('a buyer whose bank says no may try again, without their browser having told', async () => {
  const ada = await shopper(shop)
  const { id, number } = await ada.place('pm_card_authenticationRequired')
  stripe.act(await intentOf(id), 'declined')
  await orderBecomes(shop, id, { status: 'payment_failed' })
  await shop.as(ada.actor, randomUUID()).order.pay({ orderId: id, paymentMethod: 'pm_card_visa' })
  await orderBecomes(shop, id, { status: 'confirmed' })
  await quiet()
  expect(booked(number).filter((kind) => kind === 'captured')).toHaveLength(1)
})

test('the webhook and the buyer’s own confirmation at the same moment: one payment', async () => {
  for (let round = 0; round < 8; round++) {
    const ada = await shopper(shop)
    const order = await ada.place('pm_card_authenticationRequired')
    stripe.webhooks.travel({ copies: 3, shuffle: true, delayMs: round * 5 })
    stripe.act(await intentOf(order.id), 'authorised')
    const confirm = () => ada.caller.order.confirmPayment({ orderId: order.id })
    await Promise.all([confirm(), confirm(), confirm()])
    await expectBoughtOnce(order)
  }
})

test('a webhook that is faster than the answer to the shop’s own request', async () => {
  stripe.faults.add({ operation: 'create', kind: 'slow', when: 'after', delayMs: 1_500 })
  const ada = await shopper(shop)
  await expectBoughtOnce(await ada.place('pm_card_visa'))
})

test('a request whose answer was lost is finished by the webhook', async () => {
  stripe.faults.add({ operation: 'create', kind: 'reset', when: 'after' })
  const ada = await shopper(shop)
  await expectBoughtOnce(await ada.place('pm_card_visa'))
})

test('webhooks that come after an order was cancelled bring nothing back', async () => {
  stripe.webhooks.travel({ hold: true, copies: 3, shuffle: true })
  const ada = await shopper(shop)
  const { id, number } = await ada.place('pm_card_visa')
  await ada.caller.order.cancel({ orderId: id })
  await quiet()
  stripe.webhooks.release()
  await quiet()
  expect((await staff.order.get({ orderId: id })).status).toBe('cancelled')
  // Cancelled before or after the worker took the money: none of it is kept.
  expect([
    ['authorised', 'voided'],
    ['authorised', 'captured', 'refunded'],
  ]).toContainEqual(booked(number))
  expect((await toldOf(id)).filter((name) => name === 'order.cancelled')).toHaveLength(1)
})

test('a provider that is silent when its own word comes is asked again', async () => {
  const ada = await shopper(shop)
  const order = await ada.place('pm_card_authenticationRequired')
  await quiet()
  stripe.faults.add({ operation: 'retrieve', kind: 'error', status: 503, times: 20 })
  stripe.act(await intentOf(order.id), 'authorised')
  await stripe.webhooks.idle()
  expect(await openOf(order.id)).toHaveLength(1)
  expect((await staff.order.get({ orderId: order.id })).status).toBe('pending_payment')
  stripe.faults.clear()
  await sql(`update payment_notice set tried_at = now() - interval '2 hours' where heeded_at is null`)
  await expectBoughtOnce(order)
  expect(await openOf(order.id)).toEqual([])
})

const bought = async (card: string) => {
  const order = await (await shopper(shop)).place(card)
  await orderBecomes(shop, order.id, { status: 'confirmed' })
  return order
}
const refundOf = (orderId: OrderId) =>
  sql<{ status: string }>('select status from refund where order_id = ?', [orderId])

test('a refund that the bank is slow with is no failure: the buyer hears of it when it is made', async () => {
  const { id, number, total } = await bought('pm_card_pendingRefund')
  await staff.order.refund({ orderId: id, amount: 1_000 })
  await quiet()
  expect(await refundOf(id)).toEqual([{ status: 'requested' }])
  expect(await sql(`select 1 from inbox_entry where status <> 'done'`)).toEqual([])
  stripe.settleRefunds()
  await vi.waitFor(async () => expect(await refundOf(id)).toEqual([{ status: 'refunded' }]), soon)
  await quiet()
  expect(await mailsOf(number)).toContain(`A refund for your order ${number}`)
  expect(await staff.order.get({ orderId: id })).toMatchObject({ payment: { captured: total, refunded: 1_000 } })
})

test('a slow refund that nobody tells of is asked about', async () => {
  const { id } = await bought('pm_card_pendingRefund')
  await staff.order.refund({ orderId: id, amount: 1_000 })
  await quiet()
  stripe.webhooks.travel({ hold: true })
  stripe.settleRefunds()
  await sql(`update refund set asked_at = now() - interval '2 hours'`)
  await sql(`update schedule_run set began_at = now() - interval '1 hour' where name = 'complete-unanswered'`)
  await vi.waitFor(async () => expect(await refundOf(id)).toEqual([{ status: 'refunded' }]), soon)
})

test('a refund that the bank sends back days later is a refund that failed, and may be made again', async () => {
  const { id } = await bought('pm_card_refundFail')
  await staff.order.refund({ orderId: id, amount: 1_000 })
  await vi.waitFor(async () => expect(await refundOf(id)).toEqual([{ status: 'refunded' }]), soon)
  stripe.settleRefunds()
  await vi.waitFor(async () => expect(await refundOf(id)).toEqual([{ status: 'refused' }]), soon)
  await quiet()
  expect(await toldOf(id)).toContain('order.refund_failed')
  expect(await staff.order.get({ orderId: id })).toMatchObject({ payment: { refunded: 0 } })
})
