import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { startStripeServer } from '@barrow/dev/stripe/server'
import { sign } from '@barrow/dev/stripe/webhooks'
import { shopper } from '@barrow/dev/test-buyer'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'
import { serve } from '../../serve.ts'

const SECRET = 'whsec_current'
const stripe = await startStripeServer()
const shop = await testShop({
  env: {
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_API_URL: stripe.url,
    STRIPE_WEBHOOK_SECRET: SECRET,
    CORS_ORIGINS: 'https://shop.example.com',
  },
})
const { port, url: origin } = await served(shop)
const url = `${origin}/payments/webhook`
afterAll(() => stripe.close())

const sql = <T>(query: string): Promise<T[]> => shop.runtime.orm.em.fork().execute(query)
const noted = async () => (await sql('select id from payment_notice')).length
const post = (body: string, signature?: string, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...headers, ...(signature && { 'Stripe-Signature': signature }) },
  })

/** An order whose buyer has yet to go to their bank, and what Stripe would say of its payment. */
async function pending() {
  const ada = await shopper(shop)
  const { id: orderId } = await ada.place('pm_card_authenticationRequired')
  const [attempt] = await sql<{ id: string; reference: string }>(
    `select id, reference from payment_attempt where order_id = '${orderId}'`,
  )
  const event = (id: string, more: object = {}) =>
    JSON.stringify({
      id,
      object: 'event',
      type: 'payment_intent.succeeded',
      data: {
        object: {
          id: attempt?.reference,
          object: 'payment_intent',
          status: 'succeeded',
          metadata: { attempt: attempt?.id },
          ...more,
        },
      },
    })
  return { ada, orderId, event }
}

test('a thousand forged and stale calls are refused, and change nothing', async () => {
  const { ada, orderId, event } = await pending()
  const body = event('evt_forged')
  const signatures = [
    undefined,
    '',
    'let me in',
    sign(body, ['whsec_other']),
    sign(body, [SECRET], 301),
    sign(body, [SECRET], 86_400),
    sign(body, [SECRET]).replace('v1=', 'v0='),
    sign(`${body} `, [SECRET]),
    sign(body, [SECRET]).slice(0, -1),
    sign(body, [SECRET]).replace(/t=\d+/, (time) => `${time}0`),
  ]
  const before = await noted()
  const lanes = Array.from({ length: 10 }, async () => {
    const statuses: number[] = []
    for (let round = 0; round < 10; round++) {
      for (const signature of signatures) statuses.push((await post(body, signature)).status)
    }
    return statuses
  })
  expect(new Set((await Promise.all(lanes)).flat())).toEqual(new Set([400]))
  expect(await noted()).toBe(before)
  expect((await ada.caller.order.get({ orderId })).status).toBe('pending_payment')
})

test('what Stripe signed is heard; what it claims counts for nothing until Stripe says so when asked', async () => {
  const { ada, orderId, event } = await pending()
  const body = event(`evt_${orderId}`)
  expect((await post(body, sign(body, [SECRET]))).status).toBe(200)
  expect(await ada.caller.order.get({ orderId })).toMatchObject({
    status: 'pending_payment',
    payment: { status: 'needs_action', captured: 0 },
  })
})

test('a payment of another shop of the account, and news about other things, are taken and forgotten', async () => {
  const { event } = await pending()
  const before = await noted()
  for (const body of [
    event('evt_other', { metadata: { attempt: 'attempt_01k9zzzzzzzzzzzzzzzzzzzzzz' } }),
    event('evt_odd', { metadata: { attempt: `x'; drop table cart; --` } }),
    event('evt_none', { metadata: {} }),
    event('evt_kind').replace('payment_intent.succeeded', 'customer.created'),
  ]) {
    expect((await post(body, sign(body, [SECRET]))).status).toBe(200)
  }
  expect(await noted()).toBe(before)
})

test('only a short POST is listened to, and pages of the shop have nothing to say here', async () => {
  const { event } = await pending()
  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
    const answer = await fetch(url, { method, headers: { Origin: 'https://shop.example.com' } })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  }
  const long = event('evt_long', { description: 'x'.repeat(256 * 1024) })
  expect((await post(long, sign(long, [SECRET]))).status).toBe(413)
  const body = event('evt_page')
  const answer = await post(body, sign(body, [SECRET]), { Origin: 'https://shop.example.com', Cookie: 'a=b' })
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  expect(answer.headers.get('set-cookie')).toBeNull()
})

test('a body that never ends is cut off', async () => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `POST /payments/webhook HTTP/1.1\r\nHost: x\r\nStripe-Signature: t=1,v1=1\r\nTransfer-Encoding: chunked\r\n\r\n`,
  )
  const chunk = 'x'.repeat(16 * 1024)
  for (let sent = 0; sent < 20; sent++) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)
  expect(await text(socket)).toContain('413')
})

test('a shop whose provider sends no webhooks hears none', async () => {
  const { webhooks: _, ...silent } = { webhooks: undefined, ...shop.runtime.payments }
  const other = serve({ ...shop.runtime, payments: silent })
  const port = await other.listen(0, '127.0.0.1')
  const answer = await fetch(`http://127.0.0.1:${port}/payments/webhook`, { method: 'POST', body: '{}' })
  expect(answer.status).toBe(404)
  await other.close()
})
