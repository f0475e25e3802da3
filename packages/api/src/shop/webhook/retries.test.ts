import { expect, test } from 'vitest'
import { isSignedWith, startReceiver, webhookShop } from './test-webhooks.ts'

const { shop, staff, sql, subscribe, change, deliver, timePasses, onlyDelivery } = await webhookShop()

test('who fails is tried again, the same event in the same bytes, until it takes it', async () => {
  await using receiver = await startReceiver()
  const { id, secret } = await subscribe(receiver)
  receiver.answer((response) => response.writeHead(500).end('<b>oh\u0000\r\nno</b>'))
  await change()
  await deliver()
  const failed = await onlyDelivery(id)
  expect(failed).toMatchObject({
    status: 'failed',
    statusCode: 500,
    error: 'The receiver answered 500.',
    log: [{ number: 1, answer: '<b>oh no</b>' }],
  })
  expect((await staff.webhook.get({ id })).failingSince).not.toBeNull()
  expect(await deliver()).toBe(0)
  await timePasses()
  receiver.answer(200)
  await deliver()
  const [first, second] = receiver.received
  expect(second?.body).toBe(first?.body)
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(second && isSignedWith(secret, second)).toBe(true)
  expect(await onlyDelivery(id)).toMatchObject({ status: 'delivered', attempts: 2, error: null })
  expect((await staff.webhook.get({ id })).failingSince).toBeNull()
})

test('after three days of failures a delivery is dead, its webhook disabled, and both are told', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  receiver.answer(503)
  await change()
  for (let tries = 0; tries < 10; tries++) {
    await deliver()
    await timePasses()
  }
  expect(await onlyDelivery(id)).toMatchObject({ status: 'failed', attempts: 10 })
  expect(await staff.webhook.get({ id })).toMatchObject({ status: 'active' })
  await sql(`update webhook_endpoint set failing_since = now() - interval '3 days' where id = ?`, [id])
  await deliver()
  expect(await onlyDelivery(id)).toMatchObject({ status: 'dead', attempts: 11, nextAttemptAt: null })
  expect(receiver.received).toHaveLength(11)
  expect(await staff.webhook.get({ id })).toMatchObject({ status: 'disabled', disabledReason: 'failing' })
  expect(await sql('select name, payload from outbox_event where key = ?', [id])).toEqual([
    { name: 'webhook.disabled', payload: { webhookId: id, reason: 'failing' } },
  ])
  const log = await shop.system.audit.list({ subject: id, limit: 1 })
  expect(log.rows[0]).toMatchObject({
    actor: 'system:worker',
    before: { status: 'active' },
    after: { status: 'disabled', disabledReason: 'failing' },
  })
  await change()
  await deliver()
  expect(receiver.received).toHaveLength(11)
})

test('a receiver that answers 410 is not called again', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  receiver.answer(410)
  await change()
  await deliver()
  expect(await staff.webhook.get({ id })).toMatchObject({ status: 'disabled', disabledReason: 'gone' })
  expect(await onlyDelivery(id)).toMatchObject({ status: 'dead', statusCode: 410 })
})

test('a delivery is sent again on request, with the same event id, and all its retries anew', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  await change()
  await deliver()
  await sql(`update webhook_delivery set status = 'dead', failures = 11, next_attempt_at = null where webhook_id = ?`, [
    id,
  ])
  const dead = await onlyDelivery(id)
  expect(await staff.webhook.resend({ id: dead.id })).toMatchObject({ status: 'pending', deliveredAt: null })
  receiver.answer(500)
  await deliver()
  expect(await onlyDelivery(id)).toMatchObject({ status: 'failed', attempts: 2, log: [{ number: 1 }, { number: 2 }] })
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  await staff.webhook.disable({ id })
  await expect(staff.webhook.resend({ id: dead.id })).rejects.toMatchObject({ cause: { reason: 'webhook_disabled' } })
  await expect(staff.webhook.resend({ id: `delivery_${'0'.repeat(26)}` })).rejects.toMatchObject({
    cause: { reason: 'delivery_not_found' },
  })
})

test('a redirect is a failure, and nobody is called where it leads', async () => {
  await using inside = await startReceiver()
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  receiver.answer((response) => response.writeHead(302, { location: inside.url }).end())
  await change()
  await deliver()
  expect(inside.received).toHaveLength(0)
  expect(await onlyDelivery(id)).toMatchObject({ status: 'failed', statusCode: 302 })
})
