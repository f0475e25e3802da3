import { beat, createWorkContext, workerId } from '@barrow/api/work'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test, vi } from 'vitest'
import { runWith } from '../test-io.ts'

const shop = await testShop()

test('what events travel on is made, and made again without harm', async () => {
  const once = await runWith(['transport', 'init'], shop.env)
  expect(once).toMatchObject({ status: 0, err: '' })
  expect(once.out).toMatch(/^Events can travel by PostgreSQL: .*\border\b/)
  expect(await runWith(['transport', 'init'], shop.env)).toEqual(once)
})

test.each([
  ['Redis', { TRANSPORT: 'redis', REDIS_URL: 'redis://127.0.0.1:1' }],
  ['Kafka', { TRANSPORT: 'kafka', KAFKA_BROKERS: '127.0.0.1:1' }],
])('a %s that is not reached is a failure that names it', async (name, env) => {
  const { status, out, err } = await runWith(['transport', 'init'], { ...shop.env, ...env })
  expect({ status, out }).toEqual({ status: 1, out: '' })
  expect(err).toContain(`Events cannot travel by ${name}`)
})

test('a shop moves though something waits for a consumer that no worker has any more; nobody at work is said', async () => {
  const sql = (query: string) => shop.runtime.orm.em.fork().execute(query)
  await shop.system.category.create({ slug: 'waits', name: 'Waits' })
  await sql('update outbox_event set sent_at = now()')
  await sql(`insert into inbox_entry (consumer, event_id, key, sequence, queued_at)
    select 'former', id, key, sequence, now() - interval '1 hour' from outbox_event limit 1`)
  const enough = new AbortController()
  const told: string[] = []
  const alone = runWith(['transport', 'move'], shop.env, {
    interrupted: enough.signal,
    onErr: (text) => told.push(text),
  })
  await vi.waitFor(() => expect(told.join('')).toContain('former has 1. No worker is alive to do it.'), {
    timeout: 60_000,
  })
  enough.abort()
  expect((await alone).out).not.toContain('alone carries events')
  await beat(createWorkContext(shop.runtime, 'worker', 'worker', 'test'), workerId.new(), ['mail'])
  expect((await runWith(['transport', 'move'], shop.env)).out).toContain('from now on PostgreSQL alone carries events')
})

test('a shop moves when nothing is on its way by the transport before', async () => {
  const { status, out } = await runWith(['transport', 'move'], shop.env)
  expect(status).toBe(0)
  expect(out).toContain('from now on PostgreSQL alone carries events')
})
