import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createRuntime, readConfig } from '../../runtime.ts'
import { claim } from './claim.ts'
import { record } from './record.ts'
import { startReceiver, webhookShop, workOf } from './test-webhooks.ts'

const { shop, staff, sql, subscribe, change, deliver, timePasses, onlyDelivery } = await webhookShop()

test('a receiver that hangs keeps only a few places, and the others get theirs meanwhile', async () => {
  await using slow = await startReceiver()
  await subscribe(slow)
  await using quick = await startReceiver()
  await subscribe(quick)
  const held: (() => void)[] = []
  slow.answer((response) => held.push(() => response.writeHead(200).end()))
  for (let n = 0; n < 12; n++) await change()
  const round = deliver({ limit: 6 })
  await Promise.all([quick.got(12), slow.got(4)])
  expect(slow.received).toHaveLength(4)
  slow.answer(200)
  for (const release of held) release()
  await round
  expect([slow.received.length, quick.received.length]).toEqual([12, 12])
})

test('a receiver that fails is called one at a time', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  await sql('update webhook_endpoint set failing_since = now() where id = ?', [id])
  for (let n = 0; n < 3; n++) await change()
  expect(await claim(workOf(shop.runtime), 16)).toHaveLength(1)
  expect(await claim(workOf(shop.runtime), 16)).toHaveLength(0)
})

test('a delivery is taken by one of all workers that reach for it at the same moment', async () => {
  await using receiver = await startReceiver()
  for (let n = 0; n < 10; n++) await subscribe(receiver, `/${n}`)
  for (let n = 0; n < 4; n++) await change()
  const taken = await Promise.all(Array.from({ length: 8 }, () => claim(workOf(shop.runtime), 40)))
  const ids = taken.flat().map(({ id }) => id)
  expect(ids.length).toBeGreaterThan(0)
  expect(new Set(ids).size).toBe(ids.length)
})

test('several workers at once send each delivery once', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  for (let n = 0; n < 20; n++) await change()
  await using second = await createRuntime(readConfig(shop.env), { log: shop.runtime.log })
  receiver.answer(async (response) => {
    await sleep(Math.random() * 5)
    response.writeHead(200).end()
  })
  const workers = [shop.runtime, second, shop.runtime]
  while ((await Promise.all(workers.map((as) => deliver({ as })))).some((calls) => calls > 0));
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect([ids.length, new Set(ids).size]).toEqual([20, 20])
  expect((await staff.webhook.deliveries({ webhookId: id, status: 'delivered', limit: 100 })).rows).toHaveLength(20)
})

test('a worker that dies between the call and its record has it made again, with the same event id', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  await change()
  // It takes the delivery and calls, and that is the last of it.
  const [taken] = await claim(workOf(shop.runtime), 16)
  await shop.runtime.outbound.post(taken?.url ?? '', { 'webhook-id': taken?.eventId ?? '' }, taken?.body ?? '')
  expect(await deliver()).toBe(0)
  await timePasses()
  await deliver()
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([taken?.eventId, taken?.eventId])
  expect(await onlyDelivery(id)).toMatchObject({ status: 'delivered', attempts: 2, log: [{ number: 2 }] })
})

test('what a worker that was too late brings counts when it is a success, and not when it is a failure', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  await change()
  const ctx = workOf(shop.runtime)
  const outcome = (status: number) => ({ outcome: { kind: 'answered', status, excerpt: '' } as const, durationMs: 1 })
  const take = async () => {
    const [taken] = await claim(ctx, 1)
    if (taken === undefined) throw new Error('nothing is due')
    return taken
  }

  const late = await take()
  await timePasses()
  const later = await take()
  await record(ctx, late, outcome(500))
  expect(await onlyDelivery(id)).toMatchObject({ status: 'pending', attempts: 2, statusCode: null })
  expect(await claim(ctx, 1)).toEqual([])
  await record(ctx, late, outcome(200))
  await record(ctx, later, outcome(500))
  expect(await onlyDelivery(id)).toMatchObject({ status: 'delivered', statusCode: 200, nextAttemptAt: null })
})
