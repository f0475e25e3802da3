import { connected } from '@barrow/dev/database'
import { shopper } from '@barrow/dev/test-buyer'
import { createTestDatabase } from '@barrow/dev/test-database'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { consumers } from './consumers/index.ts'
import { startWorker } from './worker.ts'

// Test servers wait for no disk; this database is set as PostgreSQL is by itself, before anybody connects to the shop's.
const database = await createTestDatabase({ serverUrl: inject('serverUrl'), template: inject('template') })
await connected(database.url, (client) =>
  client.query(`alter database ${new URL(database.url).pathname.slice(1)} set synchronous_commit = on`),
)
const shop = await testShop({ env: { DATABASE_URL: database.url } })
afterAll(() => database.drop())
const sql = <Row>(query: string): Promise<Row[]> => shop.runtime.orm.em.fork().execute<Row[]>(query)

/** What a transaction wrote, and whether its commit waited for the disk. */
interface Commit {
  readonly wrote: readonly string[]
  readonly waits: string
}
const commits = () =>
  sql<Commit>(
    `select array_agg(distinct wrote order by wrote) as wrote, string_agg(distinct waits, ' and ') as waits
     from seen group by transaction order by transaction`,
  )
const of = (all: readonly Commit[], wrote: string) => all.filter((commit) => commit.wrote.includes(wrote))

/** Every transaction notes as it commits, when nothing changes any more, what it wrote and whether it waits. */
beforeAll(async () => {
  await sql(`
    create table seen (transaction xid8, wrote text, waits text);
    create function note_commit() returns trigger language plpgsql as $$ begin
      insert into public.seen values (pg_current_xact_id(),
        concat_ws(' ', lower(tg_op), nullif(tg_table_schema, 'public'), tg_table_name, to_jsonb(new) ->> 'status'),
        current_setting('synchronous_commit'));
      return null;
    end $$;
    do $$ declare place regclass; begin
      for place in select oid from pg_class where relkind = 'r' and relname <> 'seen'
        and relnamespace in ('public'::regnamespace, 'bullmq'::regnamespace)
      loop
        execute format('create constraint trigger note_commit after insert or update or delete on %s
          deferrable initially deferred for each row execute function public.note_commit()', place);
      end loop;
    end $$`)
})

test('whatever a shopper is told waits for the disk; what is merely done again does not', async () => {
  const ada = await shopper(shop)
  const order = await ada.place()
  const called = await commits()
  expect(of(called, 'insert cart_line')).not.toEqual([])
  expect(of(called, 'insert order authorised').concat(of(called, 'insert order pending_payment'))).not.toEqual([])
  expect(called.filter(({ waits }) => waits !== 'on')).toEqual([])

  await sql('truncate seen')
  const worker = await startWorker(shop.runtime, consumers)
  try {
    await vi.waitFor(
      async () => {
        expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('confirmed')
        expect(await sql(`select from inbox_entry where status <> 'done'`)).toEqual([])
        expect(await sql(`select from outbox_event where sent_at is null`)).toEqual([])
      },
      { timeout: 150_000, interval: 50 },
    )
  } finally {
    await worker.stop()
  }
  const worked = await commits()
  const relayed = of(worked, 'update outbox_event')
  const taken = of(worked, 'update inbox_entry working')
  const word = worked.filter(({ wrote }) => wrote.some((what) => what.includes(' bullmq ')))
  for (const some of [relayed, taken, word]) expect(some).not.toEqual([])
  const kinds = (some: readonly Commit[]) => [...new Set(some.flatMap(({ wrote }) => wrote))].sort()
  expect(kinds(relayed)).toEqual(expect.arrayContaining(['insert inbox_entry waiting', 'update outbox_event']))
  // Nothing rides along that somebody counts on.
  expect(
    kinds(relayed).filter((what) => !/^(insert inbox_entry (waiting|done)|update outbox_event)$/.test(what)),
  ).toEqual([])
  expect(kinds(taken)).toEqual(['update inbox_entry working'])
  expect(kinds(word).filter((what) => !what.includes(' bullmq '))).toEqual([])
  for (const { waits, wrote } of [...relayed, ...taken, ...word])
    expect({ wrote, waits }).toEqual({ wrote, waits: 'off' })

  const rest = worked.filter((commit) => ![relayed, taken, word].some((some) => some.includes(commit)))
  expect(of(rest, 'update order confirmed')).toHaveLength(1)
  expect(of(rest, 'update inbox_entry done').length).toBeGreaterThan(1)
  expect(rest.filter(({ waits }) => waits !== 'on')).toEqual([])
})
