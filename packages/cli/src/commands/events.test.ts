import { beat, createWorkContext, enlist, workerId } from '@barrow/api/work'
import { testShop } from '@barrow/dev/test-shop'
import { beforeEach, expect, test, vi } from 'vitest'
import { runWith } from '../test-io.ts'

const shop = await testShop()
const work = () => createWorkContext(shop.runtime, 'worker', 'worker', 'test')
const sql = <Row>(query: string, params: unknown[] = []): Promise<Row[]> =>
  shop.runtime.orm.em.fork().execute<Row[]>(query, params)
const barrow = (...args: string[]) => runWith(args, shop.env)

beforeEach(() => sql('truncate inbox_entry, outbox_event, event_consumer, worker_process'))

let count = 0
/** A category, whose creation is an event that has left the outbox. */
async function change(): Promise<{ key: string; event: string }> {
  const { id: key } = await shop.system.category.create({ slug: `c-${++count}`, name: 'Ada’s own name' })
  await sql('update outbox_event set sent_at = now() where key = ?', [key])
  const [row] = await sql<{ id: string }>('select id from outbox_event where key = ?', [key])
  return { key, event: row?.id ?? '' }
}
const enter = (consumer: string, event: string, status: 'waiting' | 'dead', hours = 0) =>
  sql(
    `insert into inbox_entry (consumer, event_id, key, sequence, status, attempts, error, queued_at)
     select ?, id, key, sequence, ?, 10, 'Error: no\nway', now() - make_interval(hours => ?)
     from outbox_event where id = ?`,
    [consumer, status, hours, event],
  )

test('queues are shown, and a monitor is told when something waits too long or nobody works', async () => {
  await enlist(work(), [{ name: 'mail', events: ['category.changed'], replayable: false }])
  expect(await barrow('queues')).toMatchObject({ status: 0, err: '' })
  expect(await barrow('queues', '--max-age', '60')).toMatchObject({ status: 1, err: 'No worker is alive.\n' })
  await beat(work(), workerId.new(), ['mail'])
  expect(await barrow('queues', '--max-age', '60')).toMatchObject({ status: 0, err: '' })

  await enter('mail', (await change()).event, 'dead')
  await enter('mail', (await change()).event, 'waiting', 1)
  const { out, status } = await barrow('queues')
  expect(status).toBe(0)
  expect(out.replaceAll(/360\d s/g, '3600 s').split('\n')).toEqual([
    '1 worker is alive.',
    'Every event has left the outbox.',
    'consumer  workers  depth  oldest  failing  dead',
    'mail            1      1  3600 s        1     1',
    '',
  ])
  expect(await barrow('queues', '--max-age', '60')).toMatchObject({
    status: 1,
    err: expect.stringMatching(/^Something has waited 360\d s for mail\.\n$/),
  })
  expect(await barrow('queues', '--max-age', '7200')).toMatchObject({ status: 0, err: '' })
})

test('a monitor is told when events do not leave the outbox', async () => {
  await beat(work(), workerId.new(), [])
  const { event } = await change()
  await change()
  await sql(`update outbox_event set sent_at = null, occurred_at = now() - interval '1 hour' where id = ?`, [event])
  expect(await barrow('queues', '--max-age', '60')).toMatchObject({
    status: 1,
    out: expect.stringMatching(/^Not sent yet: 1 event, the oldest for 360\d s\.$/m),
    err: expect.stringMatching(/^Something has waited 360\d s for the relay\.\n$/),
  })
})

test('what was given up is listed, one line each, and tried again as told', async () => {
  const events = [await change(), await change(), await change()].map(({ event }) => event)
  for (const event of events) await enter('mail', event, 'dead')
  const [first = '', second = '', third = ''] = events
  const listed = await barrow('events', 'dead', '--consumer', 'mail', '--limit', '2')
  expect(listed.out.split('\n')).toEqual([
    expect.stringContaining(` ${third} mail category.changed category_`),
    expect.stringMatching(new RegExp(` ${second} mail .* #1 after 10 tries: Error: no way$`)),
    '',
  ])
  expect(await barrow('events', 'redrive', first)).toMatchObject({ status: 0, out: '1 event is tried again.\n' })
  expect(await barrow('events', 'redrive', first)).toMatchObject({
    status: 1,
    err: expect.stringContaining('dead_letter_not_found'),
  })
  expect(await barrow('events', 'redrive', '--consumer', 'mail')).toMatchObject({ out: '2 events are tried again.\n' })
  expect(await barrow('events', 'dead')).toEqual({ status: 0, out: '', err: '' })
  expect(await barrow('events', 'redrive')).toMatchObject({ status: 2 })
  expect(await barrow('events', 'redrive', 'order_1')).toMatchObject({ status: 2 })
})

test('stored events are replayed to a consumer that allows it, and to no other', async () => {
  await enlist(work(), [
    { name: 'index', events: ['category.changed'], replayable: true },
    { name: 'mail', events: ['category.changed'], replayable: false },
  ])
  const { key } = await change()
  await change()
  expect(await barrow('events', 'replay', 'index')).toMatchObject({ out: 'Replay 1 of index: 2 events.\n' })
  expect(await barrow('events', 'replay', 'index', '--key', key, '--from', '2020-01-01')).toMatchObject({
    out: 'Replay 2 of index: 1 event.\n',
  })
  expect(await barrow('events', 'replay', 'index', '--until', '2020-01-01')).toMatchObject({
    out: 'Replay 3 of index: 0 events.\n',
  })
  expect(await barrow('events', 'replay', 'mail')).toMatchObject({
    status: 1,
    err: expect.stringContaining('not_replayable'),
  })
  expect(await barrow('events', 'replay', 'index', '--from', 'yesterday')).toMatchObject({ status: 2 })
})

test('a consumer that no worker has any more is retired, with what waited for it', async () => {
  await enlist(work(), [{ name: 'former', events: ['category.changed'], replayable: false }])
  await enter('former', (await change()).event, 'dead')
  await enter('former', (await change()).event, 'waiting')
  expect(await barrow('events', 'retire', 'former')).toMatchObject({
    status: 1,
    err: expect.stringContaining('no_worker_alive'),
  })
  await beat(work(), workerId.new(), ['mail'])
  await sql(`insert into bullmq.meta (queue, field, value) values ('former', 'version', '1'), ('mail', 'version', '1')`)
  expect(await barrow('events', 'retire', 'mail')).toMatchObject({
    status: 1,
    err: expect.stringContaining('consumer_running'),
  })
  expect(await barrow('events', 'retire', 'former')).toEqual({
    status: 0,
    out: 'former is forgotten: it knew of 2, and 2 events still waited for it or were given up.\n',
    err: '',
  })
  expect(await sql(`select queue from bullmq.meta where queue in ('former', 'mail')`)).toEqual([{ queue: 'mail' }])
  expect(await barrow('events', 'retire', 'former')).toMatchObject({
    status: 1,
    err: expect.stringContaining('consumer_not_found'),
  })
})

test('events are followed as they happen, each once, those that commit late too, and Ctrl-C ends it well', async () => {
  expect(await barrow('events', 'tail', '--name', 'category.change')).toMatchObject({
    status: 2,
    err: expect.stringContaining('category.changed'),
  })
  const past = [await change(), await change()]
  const interruption = new AbortController()
  const lines: string[] = []
  const ended = runWith(['events', 'tail', '--lines', '1', '--name', 'category.changed'], shop.env, {
    interrupted: interruption.signal,
    onOut: (text) => lines.push(text),
  })
  const soon = { timeout: 20_000 }
  const told = () => lines.map((line) => line.trim().split(' ').at(-1))
  await vi.waitFor(() => expect(told()).toEqual([past[1]?.event]), soon)
  const late = (id: string, secondsAgo: number) =>
    sql(
      `insert into outbox_event (id, name, version, key, sequence, payload, occurred_at)
       values (?, 'category.changed', 1, ?, 1, '{}', now() - make_interval(secs => ?))`,
      [id, id, secondsAgo],
    )
  const { event } = await change()
  await vi.waitFor(() => expect(told()).toEqual([past[1]?.event, event]), soon)
  await late('event_00000000000000000000000001', 3)
  await vi.waitFor(() => expect(told()).toEqual([past[1]?.event, event, 'event_00000000000000000000000001']), soon)
  interruption.abort()
  expect(await ended).toMatchObject({ status: 0, err: '' })
  expect(lines.join('')).not.toContain('Ada')
})
