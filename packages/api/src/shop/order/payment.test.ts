import { randomUUID } from 'node:crypto'
import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { beforeEach, expect, test } from 'vitest'
import { createTestPayments } from '../../platform/adapters/test-payments.ts'
import { createWorkContext } from '../../platform/context.ts'
import { completePayments, expireUnpaid } from './sweep.ts'

/** What the network does to the next answers of the provider. */
let lost: 'none' | 'answer' | 'request' = 'none'
beforeEach(() => {
  lost = 'none'
})

const shop = await testShop({
  env: { PAYMENT_GRACE_SECONDS: '1' },
  payments: {
    name: 'test',
    async authorise(request) {
      if (lost === 'request') throw new Error('connection refused')
      const state = await provider.authorise(request)
      if (lost === 'answer') throw new Error('connection reset')
      return state
    },
    capture: (attempt) => provider.capture(attempt),
    void: (attempt) => provider.void(attempt),
    refund: (refund) => provider.refund(refund),
    lookUp: (attemptId) => provider.lookUp(attemptId),
  },
})
const provider = createTestPayments(shop.runtime.orm)

const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const work = () => createWorkContext(shop.runtime, 'worker', 'test', 'test')
const agePayments = () => sql(`update payment_attempt set asked_at = now() - interval '1 minute'`)

const shopper = async (onHand = 5) => {
  const { variantIds } = await goods(shop, { onHand })
  const [variantId = 'variant_none' as const] = variantIds
  const stock = async () =>
    (
      await sql<{ onHand: number; reserved: number }>(
        'select on_hand as "onHand", reserved from inventory_item where variant_id = ?',
        [variantId],
      )
    )[0]
  return { variantId, stock, ...(await buyer(shop, [{ variantId }])) }
}
const attemptsOf = (orderId: string) =>
  sql<{ id: string; status: string; wanted: boolean }>(
    'select id, status, wanted from payment_attempt where order_id = ? order by number',
    [orderId],
  )
const ledgerOf = (number: string) =>
  sql<{ status: string }>('select status from test_payment where order_number = ? order by created_at', [number])

test('a declined payment gives the stock back, and another card pays the same order at the same sums', async () => {
  const ada = await shopper()
  const declined = await ada.place('test_decline')
  expect(declined).toMatchObject({ status: 'payment_failed', payment: { status: 'declined', code: 'card_declined' } })
  expect(await ada.stock()).toEqual({ onHand: 5, reserved: 0 })
  await shop.system.variant.setPrices({ prices: [{ variantId: ada.variantId, currency: 'EUR', amount: 9999 }] })
  const paid = await shop.as(ada.actor, randomUUID()).order.pay({ orderId: declined.id, paymentMethod: 'test_accept' })
  expect(paid).toMatchObject({ id: declined.id, status: 'authorised', total: declined.total })
  expect(await ada.stock()).toEqual({ onHand: 5, reserved: 1 })
  await expect(
    shop.as(ada.actor, randomUUID()).order.pay({ orderId: declined.id, paymentMethod: 'test_accept' }),
  ).rejects.toMatchObject({ cause: { reason: 'order_not_payable', details: { status: 'authorised' } } })
})

test('who pays again when the stock is gone is told so', async () => {
  const ada = await shopper(1)
  const { id: orderId } = await ada.place('test_decline')
  await shop.system.inventory.setLevels({ levels: [{ variantId: ada.variantId, onHand: 0 }] })
  await expect(
    shop.as(ada.actor, randomUUID()).order.pay({ orderId, paymentMethod: 'test_accept' }),
  ).rejects.toMatchObject({ cause: { reason: 'out_of_stock' } })
  expect(await attemptsOf(orderId)).toHaveLength(1)
})

test('paying again twenty times at once under one key is one attempt', async () => {
  const ada = await shopper()
  const { id: orderId } = await ada.place('test_decline')
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      shop.as(ada.actor, 'pay-again-once').order.pay({ orderId, paymentMethod: 'test_accept' }),
    ),
  )
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(await attemptsOf(orderId)).toMatchObject([{ status: 'declined' }, { status: 'authorised' }])
})

test('a buyer who has to act is told how, and the payment goes on when they have', async () => {
  const ada = await shopper()
  const order = await ada.place('test_action')
  expect(order).toMatchObject({ status: 'pending_payment', payment: { status: 'needs_action' } })
  expect(order.payment.clientAction?.url).toContain('test')
  expect(await ada.caller.order.confirmPayment({ orderId: order.id })).toMatchObject({ status: 'pending_payment' })
  const [attempt] = await attemptsOf(order.id)
  await provider.act(attempt?.id ?? '', 'authorised')
  expect(await ada.caller.order.confirmPayment({ orderId: order.id })).toMatchObject({
    status: 'authorised',
    payment: { status: 'authorised', clientAction: null },
  })
})

test('a buyer who acts and never comes back has their order all the same', async () => {
  const ada = await shopper()
  const order = await ada.place('test_action')
  const [attempt] = await attemptsOf(order.id)
  await provider.act(attempt?.id ?? '', 'authorised')
  await agePayments()
  await completePayments(work())
  expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('authorised')
})

test('an answer that is lost after the money was promised: the same call goes on, the card is charged once', async () => {
  const ada = await shopper()
  const placement = await ada.placement()
  const place = () => shop.as(ada.actor, 'lost-answer').order.place(placement)
  lost = 'answer'
  const first = await place()
  expect(first).toMatchObject({ status: 'pending_payment', payment: { status: 'pending' } })
  lost = 'none'
  expect(await place()).toMatchObject({ id: first.id, status: 'authorised' })
  expect(await ledgerOf(first.number)).toEqual([{ status: 'authorised' }])
})

test.each(['answer', 'request'] as const)(
  'a lost %s that nobody repeats is finished by the worker, once',
  async (what) => {
    const ada = await shopper()
    lost = what
    const order = await ada.place()
    expect(order.status).toBe('pending_payment')
    lost = 'none'
    await Promise.all([completePayments(work()), agePayments()])
    await agePayments()
    await Promise.all([completePayments(work()), completePayments(work())])
    expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('authorised')
    expect(await ledgerOf(order.number)).toEqual([{ status: 'authorised' }])
    expect(
      await sql(`select 1 from outbox_event where key = ? and name = 'order.payment_authorised'`, [order.id]),
    ).toHaveLength(1)
  },
)

test('a repeat of the call after the worker has finished it answers what became of it', async () => {
  const ada = await shopper()
  const placement = await ada.placement()
  const place = () => shop.as(ada.actor, 'finished-meanwhile').order.place(placement)
  lost = 'answer'
  const order = await place()
  lost = 'none'
  await agePayments()
  await completePayments(work())
  expect(await place()).toMatchObject({ id: order.id, status: 'authorised' })
})

test('a provider that answers late is waited for', async () => {
  const ada = await shopper()
  const order = await ada.place('test_late')
  expect(order.payment.status).toBe('pending')
  await sql('update test_payment set silent_until = now() where order_number = ?', [order.number])
  await agePayments()
  await completePayments(work())
  expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('authorised')
})

test('an order that is not paid in time is cancelled and its stock comes back', async () => {
  const ada = await shopper()
  const order = await ada.place('test_unknown')
  expect(await ada.stock()).toEqual({ onHand: 5, reserved: 1 })
  await expireUnpaid(work())
  expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('pending_payment')
  await sql('update "order" set expires_at = now() where id = ?', [order.id])
  await Promise.all([expireUnpaid(work()), expireUnpaid(work())])
  expect(await ada.caller.order.get({ orderId: order.id })).toMatchObject({
    status: 'cancelled',
    cancelReason: 'expired',
  })
  expect(await ada.stock()).toEqual({ onHand: 5, reserved: 0 })
  expect(await attemptsOf(order.id)).toMatchObject([{ status: 'pending', wanted: false }])
})

test('orders that cannot be called off keep no later one from expiring', async () => {
  const ada = await shopper()
  const order = await ada.place('test_unknown')
  await sql('update "order" set expires_at = now() where id = ?', [order.id])
  await sql(
    `insert into "order" select (jsonb_populate_record(o, jsonb_build_object('id', 'order_0' || lpad(n::text, 25, '0'),
       'number', 'STUCK-' || n, 'cart_id', 'cart_' || n, 'expires_at', now() - interval '1 hour'))).*
     from "order" o, generate_series(1, 120) n where o.id = ?`,
    [order.id],
  )
  await sql(`create function stuck() returns trigger language plpgsql as $$ begin raise 'stuck'; end $$`)
  await sql(`create trigger stuck before update on "order" for each row when (old.number like 'STUCK-%')
    execute function stuck()`)
  await expireUnpaid(work())
  expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('cancelled')
  await sql('drop trigger stuck on "order"')
  await sql(`delete from "order" where number like 'STUCK-%'`)
})

test('payments that arrive as their order expires: it has its stock, or its money goes back', async () => {
  for (let round = 0; round < 10; round++) {
    const ada = await shopper()
    const order = await ada.place('test_action')
    const [attempt] = await attemptsOf(order.id)
    await provider.act(attempt?.id ?? '', 'authorised')
    await sql('update "order" set expires_at = now() where id = ?', [order.id])
    await Promise.allSettled([ada.caller.order.confirmPayment({ orderId: order.id }), expireUnpaid(work())])
    const { status } = await ada.caller.order.get({ orderId: order.id })
    const [after] = await attemptsOf(order.id)
    if (status === 'authorised') expect([await ada.stock(), after?.wanted]).toEqual([{ onHand: 5, reserved: 1 }, true])
    else expect([status, await ada.stock(), after?.wanted]).toEqual(['cancelled', { onHand: 5, reserved: 0 }, false])
  }
})

test('an order that costs nothing is paid without asking the provider', async () => {
  const { variantIds } = await goods(shop, { onHand: 5, prices: [{ currency: 'EUR', amount: 0 }] })
  const free = await buyer(
    shop,
    variantIds.map((variantId) => ({ variantId })),
  )
  const { id: shippingMethodId } = await shop.system.shippingMethod.create({
    name: 'Pick up',
    prices: [{ currency: 'EUR', amount: 0 }],
  })
  await free.caller.cart.setShippingMethod({ cartId: free.cartId, shippingMethodId })
  const order = await free.place()
  expect(order).toMatchObject({ status: 'authorised', total: 0 })
  expect(await ledgerOf(order.number)).toEqual([])
})
