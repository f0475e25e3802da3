import { expect, test } from 'vitest'
import { forgetOld } from './index.ts'
import { isSignedWith, startReceiver, webhookShop, workOf } from './test-webhooks.ts'

const { shop, staff, sql, eventOf, consume, subscribe, change, deliver, onlyDelivery } = await webhookShop()

test('an event reaches a receiver, signed, with all that it needs to check and to order it', async () => {
  await using receiver = await startReceiver()
  const { id, secret } = await subscribe(receiver)
  const { key: categoryId } = await change()
  await deliver()
  const [call] = receiver.received
  expect(receiver.received).toHaveLength(1)
  expect(JSON.parse(call?.body ?? '')).toEqual({
    id: expect.stringMatching(/^event_/),
    name: 'category.changed',
    version: 1,
    occurredAt: expect.stringMatching(/^\d{4}-.*Z$/),
    sequence: 1,
    key: categoryId,
    payload: { categoryId, change: 'created' },
  })
  expect(call?.headers['webhook-id']).toBe(JSON.parse(call?.body ?? '').id)
  expect(call?.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(Math.abs(Number(call?.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(300)
  expect(call && isSignedWith(secret, call)).toBe(true)
  expect(call && isSignedWith(`whsec_${Buffer.alloc(32).toString('base64')}`, call)).toBe(false)
  expect(await onlyDelivery(id)).toMatchObject({
    status: 'delivered',
    statusCode: 204,
    attempts: 1,
    error: null,
    nextAttemptAt: null,
    log: [{ number: 1, statusCode: 204, error: null, answer: null }],
  })
})

test('a receiver gets the events it asked for, once, however often they are consumed', async () => {
  await using receiver = await startReceiver()
  await subscribe(receiver)
  await using other = await startReceiver()
  await staff.webhook.create({ url: other.url, events: ['order.placed'] })
  const event = await change()
  await consume(event)
  await Promise.all([consume(event), consume(event)])
  await deliver()
  await deliver()
  expect([receiver.received.length, other.received.length]).toEqual([1, 0])
})

test('what waited while a webhook was disabled is sent when it is enabled', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  await change()
  await staff.webhook.disable({ id })
  await change()
  await deliver()
  expect(receiver.received).toHaveLength(0)
  await staff.webhook.enable({ id })
  await deliver()
  expect(receiver.received).toHaveLength(1)
})

test('a test goes to one webhook, signed as any event, whatever it asks for', async () => {
  await using receiver = await startReceiver()
  const { id, secret } = await subscribe(receiver)
  await using other = await startReceiver()
  await subscribe(other)
  const sent = await staff.webhook.test({ id })
  await consume(await eventOf(id))
  await deliver()
  expect(other.received).toHaveLength(0)
  const [call] = receiver.received
  expect(JSON.parse(call?.body ?? '')).toMatchObject({ name: 'webhook.test', payload: { webhookId: id } })
  expect(call && isSignedWith(secret, call)).toBe(true)
  expect(await staff.webhook.delivery({ id: sent.id })).toMatchObject({
    status: 'delivered',
    eventName: 'webhook.test',
  })
})

test('the deliveries of a webhook, an event or a state page by cursor, newest first', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  for (let n = 0; n < 3; n++) await change()
  const all = (await staff.webhook.deliveries({ webhookId: id })).rows
  expect(all.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending'])
  const first = await staff.webhook.deliveries({ webhookId: id, limit: 2 })
  const second = await staff.webhook.deliveries({ webhookId: id, limit: 2, cursor: first.next ?? '' })
  expect([...first.rows, ...second.rows]).toEqual(all)
  const [newest] = all
  const ofEvent = await staff.webhook.deliveries({ eventId: newest?.eventId ?? 'event_', webhookId: id })
  expect(ofEvent.rows).toEqual([newest])
  expect((await staff.webhook.deliveries({ webhookId: id, status: 'dead' })).rows).toEqual([])
})

test('old deliveries and deleted webhooks are forgotten, others kept', async () => {
  await using receiver = await startReceiver()
  const old = await subscribe(receiver, '/old')
  await change()
  await deliver()
  const [entry] = (await staff.webhook.deliveries({ webhookId: old.id })).rows
  await sql(`update webhook_delivery set created_at = now() - interval '31 days' where webhook_id = ?`, [old.id])
  const deleted = await subscribe(receiver, '/deleted')
  const kept = await subscribe(receiver, '/kept')
  await change()
  await deliver()
  await staff.webhook.delete({ id: deleted.id })
  await sql(`update webhook_endpoint set deleted_at = now() - interval '2 days' where id = ?`, [deleted.id])
  await forgetOld(workOf(shop.runtime))
  await expect(staff.webhook.delivery({ id: entry?.id ?? 'delivery_' })).rejects.toMatchObject({
    cause: { reason: 'delivery_not_found' },
  })
  expect(await sql('select id from webhook_delivery where webhook_id = ?', [deleted.id])).toEqual([])
  expect(await sql('select id from webhook_endpoint where id = ?', [deleted.id])).toEqual([])
  expect((await staff.webhook.deliveries({ webhookId: kept.id })).rows).toHaveLength(1)
  await onlyDelivery(old.id)
})
