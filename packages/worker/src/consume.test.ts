import { CategoryChanged } from '@barrow/api/category'
import { testShop } from '@barrow/dev/test-shop'
import { afterEach, expect, test, vi } from 'vitest'
import { type Consumer, consumer } from './consumer.ts'
import { startWorker, type Worker } from './worker.ts'

const shop = await testShop({ env: { WORKER_LEASE_SECONDS: '5' } })
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)

const running: Worker[] = []
const start = async (...consumers: Consumer[]) => {
  const worker = await startWorker(shop.runtime, consumers)
  running.push(worker)
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()))
})
/** A slow machine is not what these tests are about. */
const soon = { timeout: 150_000, interval: 20 }
vi.setConfig({ testTimeout: 180_000 })

let count = 0
/** A category whose events are one for its creation and one for each change. */
async function changes(times: number): Promise<string> {
  count += 1
  const { id } = await shop.system.category.create({ slug: `c-${count}`, name: 'New' })
  for (let n = 1; n < times; n++) await shop.system.category.update({ id, name: `Name ${n}` })
  return id
}
const inboxOf = (name: string) =>
  sql<{ status: string; attempts: number; error: string | null }>(
    'select status, attempts, error from inbox_entry where consumer = ? order by key, sequence',
    [name],
  )

test('two workers share the events, each happens once, and those of one key in their order', async () => {
  const seen: { key: string; sequence: number }[] = []
  const log = consumer({
    name: 'order-of-keys',
    events: [CategoryChanged],
    before: async () => new Promise((done) => setTimeout(done, Math.random() * 20)),
    handle: async (_ctx, { key, sequence }) => void seen.push({ key, sequence }),
  })
  await start(log)
  await start(log)
  const keys = await Promise.all(Array.from({ length: 10 }, () => changes(6)))
  await vi.waitFor(() => expect(seen).toHaveLength(60), soon)
  for (const key of keys) {
    expect(seen.filter((event) => event.key === key).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
  }
})

test('what fails is tried again; its key waits, other keys and other consumers go on', async () => {
  const effects: string[] = []
  let failures = 2
  let bad = ''
  const failing = consumer({
    name: 'failing-twice',
    events: [CategoryChanged],
    handle: async (_ctx, { key, sequence }) => {
      if (key === bad && sequence === 1 && failures-- > 0) throw new Error('not yet')
      effects.push(`${key} ${sequence}`)
    },
  })
  const calls: string[] = []
  const other = consumer({
    name: 'never-failing',
    events: [CategoryChanged],
    handle: async (_ctx, { key, sequence }) => void calls.push(`${key} ${sequence}`),
  })
  bad = await changes(2)
  const good = await changes(2)
  await start(failing, other)
  await vi.waitFor(() => expect(effects.filter((effect) => effect.startsWith(bad))).toHaveLength(2), soon)
  expect(effects).toEqual([`${good} 1`, `${good} 2`, `${bad} 1`, `${bad} 2`])
  expect(calls.filter((call) => call.startsWith(bad))).toEqual([`${bad} 1`, `${bad} 2`])
})

test('a failed effect leaves nothing behind', async () => {
  let failed = false
  const half = consumer({
    name: 'half-done',
    events: [CategoryChanged],
    handle: async (ctx, { key }) => {
      await ctx.em.execute(`insert into event_sequence (key, value) values (?, 0)`, [`effect of ${key}`.slice(0, 64)])
      if (failed) return
      failed = true
      throw new Error('after the effect')
    },
  })
  const key = await changes(1)
  await start(half)
  await vi.waitFor(async () => {
    expect(await inboxOf('half-done')).toContainEqual({ status: 'done', attempts: 2, error: null })
  }, soon)
  expect(await sql('select 1 from event_sequence where key = ?', [`effect of ${key}`.slice(0, 64)])).toHaveLength(1)
})

test('what never succeeds is dead in the end, with its error, and its key goes on', async () => {
  const effects: number[] = []
  const poison = consumer({
    name: 'poisoned',
    events: [CategoryChanged],
    handle: async (_ctx, { sequence }) => {
      if (sequence === 1) throw new Error('poison')
      effects.push(sequence)
    },
  })
  const key = await changes(2)
  await start(poison)
  await vi.waitFor(async () => {
    // The waiting between tries is not what is tried here.
    await sql(
      `update inbox_entry set due_at = now() where status = 'waiting' and attempts > 0 and consumer = 'poisoned' and key = ?`,
      [key],
    )
    expect(effects).toEqual([2])
  }, soon)
  expect(await inboxOf('poisoned')).toMatchObject([
    { status: 'dead', attempts: 10, error: 'Error: poison' },
    { status: 'done', attempts: 1 },
  ])
})

test('an event whose word was lost on the way is found in the inbox', async () => {
  const seen: string[] = []
  const late = consumer({
    name: 'late-reader',
    events: [CategoryChanged],
    handle: async (_ctx, { key }) => void seen.push(key),
  })
  const key = await changes(1)
  // As a relay leaves it that dies between its commit and the carrier.
  await sql(
    `insert into inbox_entry (consumer, event_id, key, sequence, due_at)
    select 'late-reader', id, key, sequence, now() - interval '1 minute' from outbox_event where key = ?`,
    [key],
  )
  await sql('update outbox_event set sent_at = now() where key = ?', [key])
  await start(late)
  await vi.waitFor(() => expect(seen).toEqual([key]), soon)
})
