import { CategoryChanged } from '@barrow/api/category'
import { createWorkContext } from '@barrow/api/work'
import { testShop } from '@barrow/dev/test-shop'
import { afterEach, expect, test, vi } from 'vitest'
import { type Consumer, consumer } from './consumer.ts'
import { consumers } from './consumers/index.ts'
import { schedules } from './schedules.ts'
import { startWorker, type Worker } from './worker.ts'

const shop = await testShop({ env: { WORKER_LEASE_SECONDS: '5', WORKER_GRACE_SECONDS: '3600' } })
const staff = shop.staff('events:read', 'events:write')
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const soon = { timeout: 150_000, interval: 20 }

const running = new Set<Worker>()
async function start(...consumers: Consumer[]): Promise<Worker> {
  const worker = await startWorker(shop.runtime, consumers)
  running.add(worker)
  return worker
}
async function stop(worker: Worker): Promise<void> {
  running.delete(worker)
  await worker.stop()
}
afterEach(() => Promise.all([...running].map(stop)))

let count = 0
async function changes(times: number): Promise<string> {
  const { id } = await shop.system.category.create({ slug: `c-${++count}`, name: 'New' })
  for (let n = 1; n < times; n++) await shop.system.category.update({ id, name: `Name ${n}` })
  return id
}

/** A consumer that writes down what it does, and can do nothing with what is `broken`. */
function recorder(name: string, more: { replayable?: true } = {}) {
  const effects: string[] = []
  const broken = new Set<string>()
  const made = consumer({
    name,
    events: [CategoryChanged],
    ...more,
    handle: async (_ctx, { key, sequence }) => {
      const what = `${key} ${sequence}`
      if (broken.has(what)) throw new Error('cannot tell ada@example.com')
      effects.push(what)
    },
  })
  return { consumer: made, effects, broken, of: (key: string) => effects.filter((effect) => effect.startsWith(key)) }
}
/** The first event of a key as it stands in the inbox of a consumer since two hours. */
const plant = (name: string, key: string, status: 'waiting' | 'dead') =>
  sql(
    `insert into inbox_entry (consumer, event_id, key, sequence, status, attempts, due_at)
     select ?, id, key, sequence, ?, case ? when 'dead' then 10 else 0 end, now() - interval '2 hours'
     from outbox_event where key = ? and sequence = 1`,
    [name, status, status, key],
  )
/** Until a consumer has given so many events up, without the waiting between its tries. */
const givenUp = (name: string, times: number) =>
  vi.waitFor(async () => {
    await sql(`update inbox_entry set due_at = now() where consumer = ? and status = 'waiting' and attempts > 0`, [
      name,
    ])
    const { rows } = await staff.event.deadLetters({ consumer: name })
    expect(rows).toHaveLength(times)
    return rows
  }, soon)

test('a dead event whose key went on is re-driven and acts once; nobody else acts on it again', async () => {
  const [failing, other] = [recorder('dead-and-back'), recorder('never-failed')]
  const key = await changes(3)
  failing.broken.add(`${key} 1`)
  await start(failing.consumer, other.consumer)
  const [dead] = await givenUp('dead-and-back', 1)
  expect(dead).toMatchObject({ key, sequence: 1, attempts: 10, redrives: 0, error: 'Error: cannot tell …@…' })
  await vi.waitFor(() => expect(failing.effects).toEqual([`${key} 2`, `${key} 3`]), soon)

  failing.broken.clear()
  await staff.event.redrive({ consumer: 'dead-and-back' })
  await vi.waitFor(() => expect(failing.effects).toEqual([`${key} 2`, `${key} 3`, `${key} 1`]), soon)
  await shop.system.category.update({ id: key as `category_${string}`, name: 'Last' })
  await vi.waitFor(() => expect(failing.effects).toHaveLength(4), soon)
  await vi.waitFor(() => expect(other.effects).toEqual([1, 2, 3, 4].map((sequence) => `${key} ${sequence}`)), soon)
})

test('what fails again after it was re-driven has all its tries again, and is dead again', async () => {
  const failing = recorder('dead-for-good')
  const key = await changes(1)
  failing.broken.add(`${key} 1`)
  await plant('dead-for-good', key, 'dead')
  await start(failing.consumer)
  await staff.event.redrive({ consumer: 'dead-for-good' })
  const [dead] = await givenUp('dead-for-good', 1)
  expect(dead).toMatchObject({ attempts: 10, redrives: 1 })
})

test('a replay acts once more on each stored event, those of one key in order; others hear nothing of it', async () => {
  const [index, other] = [recorder('index', { replayable: true }), recorder('mails')]
  await start(index.consumer, other.consumer)
  await start(index.consumer, other.consumer)
  const keys = [await changes(4), await changes(4), await changes(4)]
  const inOrder = (key: string) => [1, 2, 3, 4].map((sequence) => `${key} ${sequence}`)
  await vi.waitFor(() => {
    for (const key of keys) for (const { of } of [index, other]) expect(of(key)).toEqual(inOrder(key))
  }, soon)

  for (const times of [2, 3]) {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const answer = await staff.event.replay({ consumer: 'index', limit: 5, ...(cursor && { cursor }) })
      cursor = answer.next
    }
    await vi.waitFor(() => {
      for (const key of keys) expect(index.of(key)).toEqual(Array.from({ length: times }, () => inOrder(key)).flat())
    }, soon)
  }
  await expect(staff.event.replay({ consumer: 'mails' })).rejects.toMatchObject({ cause: { reason: 'not_replayable' } })
  for (const key of keys) expect(other.of(key)).toEqual(inOrder(key))
})

test('a consumer works on one event of a key at a time, even when an earlier one is re-driven meanwhile', async () => {
  let atWork = 0
  let most = 0
  const hold = Promise.withResolvers<void>()
  const seen: number[] = []
  const slow = consumer({
    name: 'one-at-a-time',
    events: [CategoryChanged],
    before: async (_ctx, { sequence }) => {
      most = Math.max(most, ++atWork)
      seen.push(sequence)
      if (sequence === 2) await hold.promise
      atWork--
    },
  })
  const key = await changes(2)
  await plant('one-at-a-time', key, 'dead')
  await start(slow)
  await vi.waitFor(() => expect(seen).toEqual([2]), soon)
  await staff.event.redrive({ consumer: 'one-at-a-time' })
  // Whoever looks for it is told that it is not its turn.
  await vi.waitFor(async () => {
    expect(await sql(`select status from inbox_entry where consumer = 'one-at-a-time' order by sequence`)).toEqual([
      { status: 'waiting' },
      { status: 'working' },
    ])
  }, soon)
  await expect(
    sql(`update inbox_entry set status = 'working' where consumer = 'one-at-a-time' and sequence = 1`),
  ).rejects.toMatchObject({ code: '23505' })
  hold.resolve()
  await vi.waitFor(() => expect(seen).toEqual([2, 1]), soon)
  expect(most).toBe(1)
})

test('a consumer that hangs holds up no other, however much of it is due', async () => {
  const held = Promise.withResolvers<void>()
  const hanging = consumer({ name: 'hanging', events: [CategoryChanged], before: () => held.promise })
  const free = recorder('free')
  const keys = await Promise.all(Array.from({ length: 20 }, () => changes(1)))
  for (const name of ['hanging', 'free']) for (const key of keys) await plant(name, key, 'waiting')
  await sql('update outbox_event set sent_at = now() where key in (?)', [keys])
  await start(hanging, free.consumer)
  await vi.waitFor(() => expect(free.effects).toHaveLength(20), soon)
  held.resolve()
})

test('a worker says that it lives, what it runs, and that it ends', async () => {
  const { consumer: alive } = recorder('alive', { replayable: true })
  const [first] = [await start(alive), await start(alive)]
  const seen = async () => (await staff.event.queues()).consumers.find(({ name }) => name === 'alive')
  await vi.waitFor(async () => {
    expect(await seen()).toMatchObject({ events: ['category.changed'], replayable: true, workers: 2, dead: 0 })
  }, soon)
  await stop(first)
  expect(await seen()).toMatchObject({ workers: 1 })
})

test('what writes to people or moves money is never replayed', () => {
  const once = consumers.filter(({ replayable }) => !replayable).map(({ name }) => name)
  expect(once).toEqual(expect.arrayContaining(['order-processing', 'mail', 'webhooks']))
})

test('a schedule prunes what is old', async () => {
  const schedule = schedules.find(({ name }) => name === 'prune-events')
  await sql(
    `insert into outbox_event (id, name, version, key, sequence, payload, sent_at)
     values ('event_00000000000000000000000000', 'category.changed', 1, 'old', 1, '{}', now() - interval '8 days')`,
  )
  await schedule?.run(createWorkContext(shop.runtime, 'worker', 'schedule:prune-events', 'test'))
  expect(await sql(`select from outbox_event where key = 'old'`)).toEqual([])
})
