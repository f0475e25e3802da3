import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { createWorkContext } from '../context.ts'
import { eventId } from '../outbox.ts'
import { beat, enlist, leave, workerId } from './workers.ts'

const shop = await testShop()
const reader = shop.staff('events:read')
const writer = shop.staff('events:read', 'events:write')
const work = () => createWorkContext(shop.runtime, 'worker', 'worker', 'test')
const sql = <Row>(query: string, params: unknown[] = []): Promise<Row[]> =>
  shop.runtime.orm.em.fork().execute<Row[]>(query, params)

let count = 0
/** A category whose events are one for its creation and one for each change, all sent. */
async function changes(times: number): Promise<string> {
  const { id } = await shop.system.category.create({ slug: `c-${++count}`, name: 'New' })
  for (let n = 1; n < times; n++) await shop.system.category.update({ id, name: `Name ${n}` })
  await sql('update outbox_event set sent_at = now() where key = ?', [id])
  return id
}
/** The events of a key as a consumer left them that could do nothing with them. */
const giveUp = (consumer: string, key: string) =>
  sql(
    `insert into inbox_entry (consumer, event_id, key, sequence, status, attempts, error)
     select ?, id, key, sequence, 'dead', 10, 'Error: no ' || sequence from outbox_event where key = ?`,
    [consumer, key],
  )

test('staff see what happened, newest first, by key, by name and by time, page by page', async () => {
  const begun = (await sql<{ now: Date }>('select now() as now'))[0]?.now ?? new Date(0)
  const key = await changes(3)
  const { rows, next } = await reader.event.list({ key, limit: 2 })
  expect(rows).toMatchObject([
    { name: 'category.changed', key, sequence: 3, payload: { categoryId: key } },
    { name: 'category.changed', key, sequence: 2 },
  ])
  const rest = await reader.event.list({ key, limit: 2, cursor: next ?? '' })
  expect(rest).toMatchObject({ rows: [{ sequence: 1 }], next: null })
  expect((await reader.event.list({ key, name: 'order.placed' })).rows).toEqual([])
  expect((await reader.event.list({ key, name: 'category.changed', from: begun })).rows).toHaveLength(3)
  expect((await reader.event.list({ key, until: begun })).rows).toEqual([])
})

test('what a consumer gave up is listed with its error, by consumer, by name and by event', async () => {
  const key = await changes(3)
  await giveUp('listed', key)
  const { rows, next } = await reader.event.deadLetters({ consumer: 'listed', limit: 2 })
  expect(rows).toMatchObject([
    { consumer: 'listed', name: 'category.changed', key, sequence: 3, replay: 0, attempts: 10, error: 'Error: no 3' },
    { sequence: 2, since: expect.any(Date) },
  ])
  const rest = await reader.event.deadLetters({ consumer: 'listed', limit: 2, cursor: next ?? '' })
  expect(rest).toMatchObject({ rows: [{ sequence: 1 }], next: null })
  const eventId = rows[0]?.eventId
  expect((await reader.event.deadLetters({ ...(eventId && { eventId }) })).rows).toHaveLength(1)
  expect((await reader.event.deadLetters({ consumer: 'listed', name: 'order.placed' })).rows).toEqual([])
})

test('one event is re-driven, or a bounded number of a consumer, and the log says who and which', async () => {
  const key = await changes(4)
  await giveUp('redriven', key)
  const { rows } = await reader.event.deadLetters({ consumer: 'redriven' })
  const one = rows[0]?.eventId ?? eventId.new()
  expect(await writer.event.redrive({ eventId: one })).toEqual({ redriven: 1, more: false })
  await expect(writer.event.redrive({ eventId: one })).rejects.toMatchObject({
    cause: { reason: 'dead_letter_not_found' },
  })
  expect(await writer.event.redrive({ consumer: 'redriven', name: 'category.changed', limit: 2 })).toEqual({
    redriven: 2,
    more: true,
  })
  expect(await writer.event.redrive({ consumer: 'redriven' })).toEqual({ redriven: 1, more: false })
  expect(
    await sql('select status, attempts, redrives from inbox_entry where consumer = ? group by 1, 2, 3', ['redriven']),
  ).toEqual([{ status: 'waiting', attempts: 0, redrives: 1 }])
  const log = await shop.system.audit.list({ subject: one })
  expect(log.rows).toMatchObject([
    { action: 'event.redrive', after: { redriven: [{ eventId: one, consumer: 'redriven' }] } },
  ])
  await expect(writer.event.redrive({ limit: 1 })).rejects.toMatchObject({ cause: { reason: 'invalid_input' } })
})

test('nobody looks at events or moves them without the permission', async () => {
  await expect(reader.event.redrive({ consumer: 'x' })).rejects.toMatchObject({ cause: { reason: 'forbidden' } })
  await expect(reader.event.replay({ consumer: 'x' })).rejects.toMatchObject({ cause: { reason: 'forbidden' } })
  await expect(shop.staff('orders:read').event.list({})).rejects.toMatchObject({ cause: { reason: 'forbidden' } })
  await expect(shop.guest().event.queues()).rejects.toMatchObject({ cause: { reason: 'unauthenticated' } })
})

test('events are replayed only to a consumer that allows it', async () => {
  await enlist(work(), [{ name: 'writes-to-people', events: ['category.changed'], replayable: false }])
  await expect(writer.event.replay({ consumer: 'writes-to-people' })).rejects.toMatchObject({
    cause: { reason: 'not_replayable', details: { consumer: 'writes-to-people' } },
  })
  await expect(writer.event.replay({ consumer: 'nobody' })).rejects.toMatchObject({
    cause: { reason: 'consumer_not_found' },
  })
})

test('a replay goes on where a call ended, under one number; another begins under the next', async () => {
  await enlist(work(), [{ name: 'index', events: ['category.changed'], replayable: true }])
  const keys = [await changes(2), await changes(2)].sort()
  const chosen = { consumer: 'index', from: new Date(0), until: new Date(Date.now() + 60_000) }
  const numbers = new Set<number>()
  let cursor: string | undefined
  let events = 0
  do {
    const answer = await writer.event.replay({ ...chosen, limit: 3, ...(cursor && { cursor }) })
    numbers.add(answer.replay)
    events += answer.events
    cursor = answer.next ?? undefined
  } while (cursor !== undefined)
  expect([...numbers]).toEqual([1])
  expect(events).toBe((await sql(`select from outbox_event where name = 'category.changed'`)).length)
  const again = await writer.event.replay({ consumer: 'index', key: keys[0] })
  expect(again).toEqual({ replay: 2, events: 2, next: null })
  const entries = await sql(
    `select replay, sequence::int as sequence, status from inbox_entry where consumer = 'index' and key = ?
     order by replay, sequence`,
    [keys[0]],
  )
  expect(entries).toMatchObject([
    { replay: 1, sequence: 1 },
    { replay: 1, sequence: 2 },
    { replay: 2, sequence: 1 },
    { replay: 2, sequence: 2, status: 'waiting' },
  ])
  expect(await writer.event.replay({ consumer: 'index', name: 'order.placed' })).toMatchObject({ events: 0 })
})

test.each([
  ['replay', [1, '\0', 0]],
  ['replay', [1e15, 'key', 0]],
  ['newest', ['event_00000000000000000000000000', '\0', 0]],
  ['newest', ['event_00000000000000000000000000', 'mail', 1e15]],
])('a cursor that nobody was given is refused: %s %j', async (order, keys) => {
  await enlist(work(), [{ name: 'forged', events: ['category.changed'], replayable: true }])
  const cursor = Buffer.from(JSON.stringify([order, ...keys])).toString('base64url')
  const call =
    order === 'replay' ? writer.event.replay({ consumer: 'forged', cursor }) : reader.event.deadLetters({ cursor })
  await expect(call).rejects.toMatchObject({ cause: { reason: 'invalid_input' } })
})

test('a replay cannot be gone on with that has not begun', async () => {
  await enlist(work(), [{ name: 'never-replayed', events: ['category.changed'], replayable: true }])
  const cursor = Buffer.from(JSON.stringify(['replay', 7, 'key', 0])).toString('base64url')
  await expect(writer.event.replay({ consumer: 'never-replayed', cursor })).rejects.toMatchObject({
    cause: { reason: 'invalid_input' },
  })
})

test('queues tell what each consumer has to do, has failed at and has given up, and who is there to do it', async () => {
  await enlist(work(), [{ name: 'busy', events: ['category.changed'], replayable: false }])
  const worker = workerId.new()
  await beat(work(), worker, ['busy'])
  await beat(work(), worker, ['busy'])
  const key = await changes(3)
  await sql(
    `insert into inbox_entry (consumer, event_id, key, sequence, status, attempts, queued_at)
     select 'busy', id, key, sequence, case sequence when 1 then 'dead' else 'waiting' end, 3 - sequence,
       now() - interval '1 hour' from outbox_event where key = ?`,
    [key],
  )
  const busy = async () => (await reader.event.queues()).consumers.find(({ name }) => name === 'busy')
  expect(await busy()).toEqual({
    name: 'busy',
    events: ['category.changed'],
    replayable: false,
    workers: 1,
    depth: 2,
    ageSeconds: expect.closeTo(3600, -2),
    failing: 1,
    dead: 1,
  })
  await sql(`update worker_process set seen_at = now() - interval '1 minute' where id = ?`, [worker])
  expect(await busy()).toMatchObject({ workers: 0 })
  await leave(work(), worker)
  expect(await sql('select from worker_process where id = ?', [worker])).toHaveLength(0)
})

test('what a retired consumer left behind is forgotten, and its events with it; one that a worker runs is not', async () => {
  await sql('delete from worker_process')
  await enlist(work(), [{ name: 'retired', events: ['category.changed'], replayable: true }])
  const key = await changes(5)
  await giveUp('retired', key)
  await sql(
    `update inbox_entry set status = case sequence when 1 then 'done' when 2 then 'waiting' when 3 then 'working' else 'dead' end
     where consumer = 'retired'`,
  )
  await giveUp('stays', key)
  const retiring = () => writer.event.retire({ consumer: 'retired', limit: 3 })
  await expect(retiring()).rejects.toMatchObject({ cause: { reason: 'no_worker_alive' } })
  const [old, other] = [workerId.new(), workerId.new()]
  await beat(work(), other, ['stays'])
  await beat(work(), old, ['stays', 'retired'])
  await expect(retiring()).rejects.toMatchObject({ cause: { reason: 'consumer_running', details: { workers: 1 } } })
  expect(await sql(`select from inbox_entry where consumer = 'retired'`)).toHaveLength(5)
  await leave(work(), old)

  await expect(reader.event.retire({ consumer: 'retired' })).rejects.toMatchObject({ cause: { reason: 'forbidden' } })
  expect(await retiring()).toEqual({ discarded: 2, forgotten: 3, more: true })
  expect(await retiring()).toEqual({ discarded: 2, forgotten: 2, more: false })
  await expect(retiring()).rejects.toMatchObject({ cause: { reason: 'consumer_not_found' } })
  const { consumers } = await reader.event.queues()
  expect(consumers.map(({ name }) => name)).not.toContain('retired')
  expect(consumers.find(({ name }) => name === 'stays')).toMatchObject({ dead: 5 })
})

test('the relay lags as long as its oldest event waits, and a consumer nobody declares is seen by its rows', async () => {
  const key = await changes(1)
  await giveUp('forgotten', key)
  await sql(`update outbox_event set sent_at = null, occurred_at = now() - interval '2 hours' where key = ?`, [key])
  const { relay, consumers } = await reader.event.queues()
  expect(relay).toEqual({ unsent: 1, ageSeconds: expect.closeTo(7200, -2) })
  expect(consumers.find(({ name }) => name === 'forgotten')).toMatchObject({
    workers: 0,
    depth: 0,
    dead: 1,
    events: [],
  })
  await sql('update outbox_event set sent_at = now() where key = ?', [key])
})
