import { randomUUID } from 'node:crypto'
import { startStripeServer } from '@barrow/dev/stripe/server'
import { shopper } from '@barrow/dev/test-buyer'
import { transact } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, beforeEach, expect, test } from 'vitest'
import * as order from '../../../shop/order/index.ts'
import { createWorkContext } from '../../context.ts'

const server = await startStripeServer()
afterAll(() => server.close())
beforeEach(() => server.faults.clear())

const shop = await testShop({
  env: {
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: server.secretKey,
    STRIPE_API_URL: server.url,
    STOREFRONT_URL: 'https://shop.example.com',
  },
})
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const work = () => createWorkContext(shop.runtime, 'worker', 'test', 'test')

/** What the worker does about an order's payment: the provider is asked, then the outcome written. */
const follow = async (effect: Promise<order.Effect>) => transact(shop, await effect)
const attemptOf = async (orderId: order.OrderId) => {
  const [attempt] = await sql<{ attemptId: Parameters<typeof order.capture>[1]['attemptId']; reference: string }>(
    'select id as "attemptId", reference from payment_attempt where order_id = ? order by number desc',
    [orderId],
  )
  if (attempt === undefined) throw new Error('there is no attempt')
  return { orderId, ...attempt }
}
const booked = (number: string) =>
  server.ledger.entries().flatMap(({ kind, amount, order }) => (order === number ? [[kind, amount]] : []))

test('an order is held, charged and handed back at Stripe', async () => {
  const ada = await shopper(shop)
  const { id, number, status } = await ada.place('pm_card_visa')
  expect(status).toBe('authorised')
  await follow(order.capture(work(), await attemptOf(id)))
  expect(await ada.caller.order.get({ orderId: id })).toMatchObject({
    status: 'confirmed',
    // 19.99 and the delivery.
    payment: { captured: 2489 },
  })

  const { id: refundId } = await shop.as({ kind: 'system', name: 'test' }, randomUUID()).order.refund({
    orderId: id,
    amount: 1_000,
    restock: [],
  })
  await follow(order.payBack(work(), { orderId: id, refundId }))
  expect(await ada.caller.order.get({ orderId: id })).toMatchObject({ payment: { refunded: 1_000 } })
  expect(booked(number)).toEqual([
    ['authorised', 2489],
    ['captured', 2489],
    ['refunded', 1000],
  ])
})

test('a buyer goes to their bank and comes back to the storefront with their order', async () => {
  const ada = await shopper(shop)
  const placed = await ada.place('pm_card_authenticationRequired')
  expect(placed).toMatchObject({ status: 'pending_payment', payment: { status: 'needs_action' } })
  const body = new URLSearchParams({ outcome: 'authorised' })
  const gone = await fetch(placed.payment.clientAction?.url ?? '', { method: 'POST', body, redirect: 'manual' })
  const back = new URL(gone.headers.get('location') ?? '')
  expect(back.href).toContain(`https://shop.example.com/checkout/return?order=${placed.number}`)
  expect(await ada.caller.order.confirmPayment({ orderId: placed.id })).toMatchObject({ status: 'authorised' })
})

test('a declined card is told to its buyer, and another pays the same order', async () => {
  const ada = await shopper(shop)
  const { id: orderId, number, payment } = await ada.place('pm_card_chargeDeclinedInsufficientFunds')
  expect(payment).toMatchObject({ status: 'declined', code: 'insufficient_funds' })
  const again = { orderId, paymentMethod: 'pm_card_visa' }
  expect(await shop.as(ada.actor, randomUUID()).order.pay(again)).toMatchObject({ status: 'authorised' })
  expect(booked(number)).toEqual([
    ['declined', 2489],
    ['authorised', 2489],
  ])
})

test.each(['before', 'after'] as const)(
  'a connection lost %s the card is charged: the worker finishes it, once',
  async (when) => {
    const ada = await shopper(shop)
    server.faults.add({ operation: 'create', kind: 'reset', when })
    const { id: orderId, number, status } = await ada.place('pm_card_visa')
    expect(status).toBe('pending_payment')
    await sql(`update payment_attempt set asked_at = now() - interval '1 hour'`)
    await order.completePayments(work())
    expect((await ada.caller.order.get({ orderId })).status).toBe('authorised')
    expect(booked(number)).toEqual([['authorised', 2489]])
  },
)

test('a cancelled order lets its money go, and one whose payment never arrived is closed to it', async () => {
  const ada = await shopper(shop)
  const paid = await ada.place('pm_card_visa')
  await shop.as(ada.actor, randomUUID()).order.cancel({ orderId: paid.id })
  await follow(order.letGo(work(), { orderId: paid.id }))
  expect(booked(paid.number)).toEqual([
    ['authorised', 2489],
    ['voided', 2489],
  ])

  const eve = await shopper(shop)
  server.faults.add({ operation: 'create', kind: 'reset', when: 'before' })
  const lost = await eve.place('pm_card_visa')
  await shop.as(eve.actor, randomUUID()).order.cancel({ orderId: lost.id })
  await follow(order.letGo(work(), { orderId: lost.id }))
  expect(booked(lost.number)).toEqual([])
  expect(await shop.runtime.payments.lookUp((await attemptOf(lost.id)).attemptId)).toMatchObject({ status: 'voided' })
})
