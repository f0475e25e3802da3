import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../config.ts'
import { createWorkContext } from '../context.ts'
import { eventId } from '../outbox.ts'
import { inTransaction } from '../transaction.ts'
import { keepOutbox, prune } from './prune.ts'

const shop = await testShop()
const work = () => createWorkContext(shop.runtime, 'worker', 'schedule:prune-events', 'test')
const sql = <Row>(query: string, params: unknown[] = []): Promise<Row[]> =>
  shop.runtime.orm.em.fork().execute<Row[]>(query, params)

let count = 0
/** An event that happened and was sent so many days ago, with a consumer's entry in this state. */
async function event(days: number, status?: 'waiting' | 'working' | 'done' | 'dead'): Promise<string> {
  const id = eventId.earliest(new Date(Date.now() - days * 86_400_000)).slice(0, -4) + String(++count).padStart(4, '0')
  await sql(
    `insert into outbox_event (id, name, version, key, sequence, payload, occurred_at, sent_at)
     select ?, 'category.changed', 1, 'key', ?, '{}', at, at from (select now() - make_interval(hours => ?) as at) t`,
    [id, count, days * 24 + 1],
  )
  if (status !== undefined) await enter(id, 'first', days, status)
  return id
}
const enter = (id: string, consumer: string, days: number, status: string) =>
  sql(
    `insert into inbox_entry (consumer, event_id, key, sequence, status, consumed_at)
     select ?, id, id, sequence, ?, case when ? = 'done' then now() - make_interval(hours => ?) end
     from outbox_event where id = ?`,
    [consumer, status, status, days * 24 + 1, id],
  )
const inOutbox = async (id: string) => (await sql('select from outbox_event where id = ?', [id])).length === 1
const inInbox = async (id: string) => (await sql('select from inbox_entry where event_id = ?', [id])).length > 0

test('an event that all have finished stays a week; that it was consumed is known for a month', async () => {
  const [recent, weekOld, monthOld] = [await event(6, 'done'), await event(7, 'done'), await event(30, 'done')]
  const nobodyWanted = await event(8)
  await prune(work())
  expect([await inOutbox(recent), await inInbox(recent)]).toEqual([true, true])
  expect([await inOutbox(weekOld), await inInbox(weekOld)]).toEqual([false, true])
  expect([await inOutbox(monthOld), await inInbox(monthOld)]).toEqual([false, false])
  expect(await inOutbox(nobodyWanted)).toBe(false)
})

test.each(['waiting', 'working', 'dead'] as const)('an event that is %s somewhere is never pruned', async (status) => {
  const id = await event(400, status)
  await enter(id, 'second', 400, 'done')
  await prune(work())
  expect(await inOutbox(id)).toBe(true)
  expect(await sql('select consumer from inbox_entry where event_id = ? order by 1', [id])).toHaveLength(2)
})

test('an event that has not left the outbox is never pruned', async () => {
  const id = await event(400)
  await sql('update outbox_event set sent_at = null where id = ?', [id])
  await prune(work())
  expect(await inOutbox(id)).toBe(true)
})

test('an old event that was consumed late is known as long as any other', async () => {
  const id = await event(100, 'done')
  await sql('update inbox_entry set consumed_at = now() where event_id = ?', [id])
  await prune(work())
  expect([await inOutbox(id), await inInbox(id)]).toEqual([false, true])
})

test('more than one statement takes is pruned in one turn', async () => {
  await sql(
    `insert into outbox_event (id, name, version, key, sequence, payload, occurred_at, sent_at)
     select 'event_0' || lpad(n::text, 25, '0'), 'category.changed', 1, 'many', n, '{}', at, at
     from generate_series(1, 4500) n, (select now() - interval '8 days' as at) t`,
  )
  await prune(work())
  expect(await sql(`select from outbox_event where key = 'many'`)).toHaveLength(0)
})

test('an event that is being made something to do is not pruned meanwhile', async () => {
  const id = await event(10)
  await inTransaction(work(), async (ctx) => {
    await keepOutbox(ctx)
    const pruned = prune(work())
    // It waits for this transaction, which the database knows.
    for (let waiting = 0; waiting === 0; ) {
      const rows = await sql<{ n: number }>(
        `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`,
      )
      waiting = rows[0]?.n ?? 0
    }
    await ctx.em.execute(`insert into inbox_entry (consumer, event_id, key, sequence) values ('late', ?, 'late', 1)`, [
      id,
    ])
    return { pruned }
  }).then(({ pruned }) => pruned)
  expect(await inOutbox(id)).toBe(true)
})

test('the inbox cannot be set to forget before the outbox', () => {
  expect(() => readConfig({ ...shop.env, OUTBOX_DAYS: '40' })).toThrow(ConfigError)
  expect(readConfig({ ...shop.env, OUTBOX_DAYS: '40', INBOX_DAYS: '40' }).retention).toEqual({
    outboxDays: 40,
    inboxDays: 40,
  })
})
