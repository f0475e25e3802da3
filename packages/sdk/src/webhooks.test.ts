import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createContext } from '@barrow/api/runtime'
import { deliverDue } from '@barrow/api/webhook'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { verifyWebhook } from './webhooks.ts'

const secret = `whsec_${randomBytes(32).toString('base64')}`
const event = {
  id: 'event_1',
  name: 'order.placed',
  version: 1,
  occurredAt: '2026-01-02T03:04:05.678Z',
  sequence: 3,
  key: 'order_1',
  payload: { orderId: 'order_1', note: 'ä' },
}
const body = JSON.stringify(event)
const now = () => Math.floor(Date.now() / 1000)

function signed({ by = [secret], at = now(), id = event.id, of = body } = {}) {
  const signatures = by.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${at}.${of}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signatures.join(' ') }
}

test('a genuine call is read, whatever kind of headers and body it comes with', async () => {
  const expected = { ...event, occurredAt: new Date(event.occurredAt) }
  expect(await verifyWebhook(body, signed(), secret)).toEqual(expected)
  expect(await verifyWebhook(Buffer.from(body), new Headers(signed()), secret)).toEqual(expected)
})

test('during a rotation either secret is enough, on either side', async () => {
  const other = `whsec_${randomBytes(32).toString('base64')}`
  await verifyWebhook(body, signed({ by: [other, secret] }), secret)
  await verifyWebhook(body, signed({ by: [secret] }), [other, secret])
  await expect(verifyWebhook(body, signed({ by: [other] }), secret)).rejects.toMatchObject({ reason: 'forged' })
})

test('what anybody changed on the way is forged', async () => {
  const headers = signed()
  const forged = { name: 'WebhookError', reason: 'forged' }
  await expect(verifyWebhook(`${body} `, headers, secret)).rejects.toMatchObject(forged)
  await expect(verifyWebhook(body, { ...headers, 'webhook-id': 'event_2' }, secret)).rejects.toMatchObject(forged)
  const later = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }
  await expect(verifyWebhook(body, later, secret)).rejects.toMatchObject(forged)
  const guess = { ...headers, 'webhook-signature': `v1,${randomBytes(32).toString('base64')}` }
  await expect(verifyWebhook(body, guess, secret)).rejects.toMatchObject(forged)
})

test('an old call played again is stale, and so is one from the future', async () => {
  for (const at of [now() - 310, now() + 310]) {
    await expect(verifyWebhook(body, signed({ at }), secret)).rejects.toMatchObject({ reason: 'stale' })
    await verifyWebhook(body, signed({ at }), secret, { toleranceSeconds: 400 })
  }
})

test.each([
  [{}],
  [{ 'webhook-signature': '' }],
  [{ ...signed(), 'webhook-signature': 'v2,abc v1,*** v1' }],
  [{ ...signed(), 'webhook-timestamp': 'yesterday' }],
  [{ ...signed(), 'webhook-id': undefined }],
])('without a signature that can be read it is unsigned: %j', async (headers) => {
  await expect(verifyWebhook(body, headers, secret)).rejects.toMatchObject({ reason: 'unsigned' })
})

test('a signed text that is no event, or another one, is not read', async () => {
  for (const of of ['', 'null', '[1]', '{"id":"event_2"}'])
    await expect(verifyWebhook(of, signed({ of }), secret)).rejects.toMatchObject({ reason: 'unreadable' })
})

test('a secret that is none is told to whoever runs the receiver', async () => {
  for (const wrong of ['', 'whsec_', 'bk_token', 'whsec_c2hvcnQ='])
    await expect(verifyWebhook(body, signed(), wrong)).rejects.toThrow(TypeError)
})

test('what a running shop sends is genuine', async () => {
  const shop = await testShop({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  const calls: { headers: IncomingHttpHeaders; body: string }[] = []
  const server = createServer(async (request, response) => {
    calls.push({ headers: request.headers, body: (await request.toArray()).join('') })
    response.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  const webhook = await shop.system.webhook.create({ url: `http://127.0.0.1:${port}/`, events: ['order.placed'] })
  await shop.system.webhook.test({ id: webhook.id })
  const credentials = { setSession: () => {}, setGuest: () => {} }
  await deliverDue(
    createContext(shop.runtime, { actor: { kind: 'system', name: 'test' }, requestId: 'test', credentials }),
  )
  await new Promise((closed) => server.close(closed))
  const [call] = calls
  expect(await verifyWebhook(call?.body ?? '', call?.headers ?? {}, webhook.secret)).toMatchObject({
    name: 'webhook.test',
    payload: { webhookId: webhook.id },
  })
})
