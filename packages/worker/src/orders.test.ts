import { randomUUID } from 'node:crypto'
import { createMailbox, createTestPayments } from '@barrow/api/work'
import { orderBecomes, shopper, visitor } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test, vi } from 'vitest'
import { consumers } from './consumers/index.ts'
import { startWorker } from './worker.ts'

const shop = await testShop({ env: { PAYMENT_GRACE_SECONDS: '1', WORKER_LEASE_SECONDS: '5' } })
const workers = [await startWorker(shop.runtime, consumers), await startWorker(shop.runtime, consumers)]
afterAll(() => Promise.all(workers.map((worker) => worker.stop())))

const provider = createTestPayments(shop.runtime.orm)
const mailbox = createMailbox(shop.runtime.config.mail.mailboxDir)
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const soon = { timeout: 150_000, interval: 20 }
const staff = shop.staff('orders:read', 'orders:write', 'orders:refund')

type Shopper = Awaited<ReturnType<typeof shopper>>
const stockOf = async ({ variantId }: Shopper) =>
  (await sql('select on_hand as "onHand", reserved from inventory_item where variant_id = ?', [variantId]))[0]
const ledgerOf = (number: string) =>
  sql<{ status: string; amount: number; refunded: number }>(
    'select status, amount, refunded from test_payment where order_number = ?',
    [number],
  )
const mailsOf = async (number: string) =>
  (await mailbox.list()).filter((mail) => mail.subject.includes(number)).map((mail) => mail.subject)
const settled = () =>
  vi.waitFor(async () => {
    // In one look: what is done in the inbox between two may be new in the outbox.
    expect(
      await sql(
        `select id as open from outbox_event where sent_at is null
         union all select event_id from inbox_entry where status in ('waiting', 'working')`,
      ),
    ).toEqual([])
  }, soon)

test('an order goes all the way: paid, its stock sold, confirmed, and its buyer told with a link that shows it', async () => {
  const ada = await shopper(shop, { onHand: 10, quantity: 2 })
  const { id, number, total } = await ada.place()
  await orderBecomes(shop, id, { status: 'confirmed', payment: { status: 'captured', captured: total, refunded: 0 } })
  expect(await stockOf(ada)).toEqual({ onHand: 8, reserved: 0 })
  expect(await ledgerOf(number)).toEqual([{ status: 'captured', amount: total, refunded: 0 }])
  await settled()
  const mails = (await mailbox.list()).filter((mail) => mail.subject.includes(number))
  expect(mails).toMatchObject([{ to: 'buyer@example.com', subject: `Your order ${number} is confirmed` }])
  expect(mails[0]?.text).toContain('Total: €44.88')
  const guestToken = /token=([\w-]+)/.exec(mails[0]?.text ?? '')?.[1] ?? ''
  const stranger = shop.as(visitor())
  await expect(stranger.order.get({ orderId: id })).rejects.toMatchObject({ cause: { reason: 'order_not_found' } })
  expect(await stranger.order.get({ orderId: id, guestToken })).toMatchObject({ number })
  const { rows } = await staff.order.history({ orderId: id })
  expect(rows.map(({ what, actor, actorKind }) => [what, actor, actorKind])).toEqual([
    ['confirmed', 'system:worker', 'system'],
    ['payment_authorised', null, 'guest'],
    ['placed', null, 'guest'],
  ])
})

test('no event, job or audit row of an order holds anything personal', async () => {
  const ada = await shopper(shop, { onHand: 10 })
  const { id } = await ada.place()
  await orderBecomes(shop, id, { status: 'confirmed' })
  await settled()
  const told = await sql(
    `select payload::text as text from outbox_event union all select data::text from bullmq.job union all select data::text from bullmq.event
     union all select coalesce(before::text, '') || coalesce(after::text, '') from audit_entry
     union all select answer::text from idempotency_key`,
  )
  expect(JSON.stringify(told)).not.toMatch(/example\.com|Ada|Example Street/)
})

test('an order that is cancelled before it is sent gives everything back: stock, money, and a word to its buyer', async () => {
  const ada = await shopper(shop, { onHand: 10 })
  const { id, number, total } = await ada.place()
  await orderBecomes(shop, id, { status: 'confirmed' })
  expect(await ada.caller.order.cancel({ orderId: id })).toMatchObject({ status: 'cancelled' })
  await orderBecomes(shop, id, {
    status: 'cancelled',
    cancelReason: 'customer',
    payment: { captured: total, refunded: total },
  })
  await settled()
  expect(await stockOf(ada)).toEqual({ onHand: 10, reserved: 0 })
  expect(await ledgerOf(number)).toEqual([{ status: 'captured', amount: total, refunded: total }])
  expect((await mailsOf(number)).sort()).toEqual([
    `A refund for your order ${number}`,
    `Your order ${number} is cancelled`,
    `Your order ${number} is confirmed`,
  ])
  await expect(ada.caller.order.cancel({ orderId: id })).rejects.toMatchObject({
    cause: { reason: 'order_not_cancellable', details: { status: 'cancelled' } },
  })
})

test('an order that waits for its buyer to act is cancelled, and the payment cannot succeed afterwards', async () => {
  const ada = await shopper(shop, { onHand: 10 })
  const { id, number } = await ada.place('test_action')
  await ada.caller.order.cancel({ orderId: id })
  await settled()
  const [attempt] = await sql<{ id: string }>('select id from payment_attempt where order_id = ?', [id])
  await provider.act(attempt?.id ?? '', 'authorised')
  expect(await ledgerOf(number)).toMatchObject([{ status: 'voided' }])
  await expect(ada.caller.order.confirmPayment({ orderId: id })).rejects.toMatchObject({
    cause: { reason: 'order_not_payable' },
  })
})

test('money that is promised after its order was given up is let go', async () => {
  const ada = await shopper(shop, { onHand: 10 })
  const { id, number } = await ada.place('test_late')
  await ada.caller.order.cancel({ orderId: id })
  await vi.waitFor(async () => expect(await ledgerOf(number)).toMatchObject([{ status: 'voided' }]), soon)
  expect(await stockOf(ada)).toEqual({ onHand: 10, reserved: 0 })
})

test('a payment that nobody knows the outcome of is let go when its order expires', async () => {
  const ada = await shopper(shop, { onHand: 10 })
  const { id } = await ada.place('test_unknown')
  await sql('update "order" set expires_at = now() where id = ?', [id])
  await orderBecomes(shop, id, { status: 'cancelled', cancelReason: 'expired', payment: { status: 'voided' } })
  expect(await stockOf(ada)).toEqual({ onHand: 10, reserved: 0 })
})

test('refunds never add up to more than was paid, however many are asked for at once', async () => {
  const ada = await shopper(shop, { onHand: 10, quantity: 3 })
  const { id, number, total } = await ada.place()
  await orderBecomes(shop, id, { status: 'confirmed' })
  const [line] = (await staff.order.get({ orderId: id })).lines
  const lineId = line?.id ?? 'orderline_none'
  await staff.order.refund({ orderId: id, amount: 1000, restock: [{ lineId, quantity: 1 }] })
  await expect(staff.order.refund({ orderId: id, amount: total })).rejects.toMatchObject({
    cause: { reason: 'refund_too_large', details: { refundable: total - 1000, currency: 'EUR' } },
  })
  await expect(
    staff.order.refund({ orderId: id, amount: 1, restock: [{ lineId, quantity: 3 }] }),
  ).rejects.toMatchObject({ cause: { reason: 'restock_too_large', details: { left: 2 } } })
  await Promise.allSettled(Array.from({ length: 10 }, () => staff.order.refund({ orderId: id, amount: 1000 })))
  await staff.order.refund({ orderId: id })
  await expect(staff.order.refund({ orderId: id })).rejects.toMatchObject({ cause: { reason: 'nothing_to_refund' } })
  await settled()
  expect(await ledgerOf(number)).toEqual([{ status: 'captured', amount: total, refunded: total }])
  expect(await stockOf(ada)).toEqual({ onHand: 8, reserved: 0 })
  await staff.order.cancel({ orderId: id })
  await settled()
  expect(await stockOf(ada)).toEqual({ onHand: 10, reserved: 0 })
})

test('cancel, capture and refund at the same moment: one state, and no more goes back than came', async () => {
  const races = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      const ada = await shopper(shop, { onHand: 10 })
      const order = await ada.place()
      await new Promise((done) => setTimeout(done, n * 8))
      await Promise.allSettled([
        ada.caller.order.cancel({ orderId: order.id }),
        staff.order.refund({ orderId: order.id, amount: 500 }),
        staff.order.fulfil({ orderId: order.id }),
      ])
      return { ada, order }
    }),
  )
  await settled()
  for (const { ada, order } of races) {
    const { status } = await staff.order.get({ orderId: order.id })
    const [payment] = await ledgerOf(order.number)
    const kept = payment?.status === 'captured' ? payment.amount - payment.refunded : 0
    if (status === 'cancelled') {
      expect(['voided', 'captured']).toContain(payment?.status)
      expect([kept, await stockOf(ada)]).toEqual([0, { onHand: 10, reserved: 0 }])
    } else {
      expect(['confirmed', 'fulfilled']).toContain(status)
      expect(await stockOf(ada)).toEqual({ onHand: 9, reserved: 0 })
      expect([order.total, order.total - 500]).toContain(kept)
    }
  }
})

test('an order is sent with its carrier and tracking code, and cannot be cancelled afterwards', async () => {
  const ada = await shopper(shop, { onHand: 10 })
  const { id, number } = await ada.place()
  await expect(
    staff.order.fulfil({ orderId: (await (await shopper(shop, { onHand: 10 })).place('test_action')).id }),
  ).rejects.toMatchObject({
    cause: { reason: 'order_not_fulfillable' },
  })
  await orderBecomes(shop, id, { status: 'confirmed' })
  await staff.order.fulfil({ orderId: id, carrier: 'Example Post', trackingCode: 'EX-1' })
  expect(await ada.caller.order.get({ orderId: id })).toMatchObject({
    status: 'fulfilled',
    carrier: 'Example Post',
    trackingCode: 'EX-1',
  })
  await expect(staff.order.cancel({ orderId: id })).rejects.toMatchObject({
    cause: { reason: 'order_not_cancellable' },
  })
  await settled()
  expect(await mailsOf(number)).toContain(`Your order ${number} is on its way`)
})

test('a buyer who watches sees each change, until nothing can change any more', async () => {
  const ada = await shopper(shop, { onHand: 10 })
  const { id } = await ada.place('test_action')
  const seen: string[] = []
  const watching = (async () => {
    for await (const { status } of await ada.caller.order.watch({ orderId: id })) seen.push(status)
  })()
  await vi.waitFor(() => expect(seen).toEqual(['pending_payment']), soon)
  await shop.as(ada.actor, randomUUID()).order.cancel({ orderId: id })
  await watching
  expect(seen.at(-1)).toBe('cancelled')
})

test('a provider that answers late holds nobody up: the worker asks again and the order is confirmed', async () => {
  const ada = await shopper(shop, { onHand: 10 })
  const { id, number, total } = await ada.place('test_late')
  await orderBecomes(shop, id, { status: 'confirmed' })
  expect(await ledgerOf(number)).toEqual([{ status: 'captured', amount: total, refunded: 0 }])
})
