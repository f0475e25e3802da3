import { createWorkContext } from '@barrow/api/work'
import { shopper } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { beforeAll, expect, test } from 'vitest'
import { schedules } from './schedules.ts'

const shop = await testShop()
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const run = (name: string) =>
  schedules
    .find((schedule) => schedule.name === name)
    ?.run(createWorkContext(shop.runtime, 'worker', `schedule:${name}`, name))

beforeAll(async () => {
  const ada = await shopper(shop)
  await ada.place()
  await shop.system.user.create({ email: 'ada@example.com', role: 'customer' })
  await sql(`insert into webhook_endpoint (id, url, description, events, status)
    values ('webhook_kept', 'https://example.com/kept', '', '{}', 'active')`)
  await sql(`insert into search_index (engine, name, slot, signature, state)
    values ('postgres', 'kept', 0, 'english:kept', 'active')`)
})

interface Kept {
  readonly what: string
  readonly schedule: string
  readonly table: string
  readonly column?: string
  /** A statement that makes a row of this name, from this moment. */
  readonly insert: (name: string, at: string) => string
  readonly stays: string
  readonly goes: string
}

/** Carts, events and what the inbox knows of them have files of their own: `abandoned.test.ts`, `prune.test.ts`. */
const kept: readonly Kept[] = [
  {
    what: 'what the payment provider told, and was heeded',
    schedule: 'forget-payment-notices',
    table: 'payment_notice',
    insert: (name, at) => `insert into payment_notice (id, attempt_id, heeded_at, created_at)
      select '${name}', id, now(), ${at} from payment_attempt limit 1`,
    stays: '29 days',
    goes: '31 days',
  },
  {
    what: 'what was answered to a call with a key',
    schedule: 'forget-idempotency-keys',
    table: 'idempotency_key',
    column: 'key',
    insert: (name, at) => `insert into idempotency_key (principal, procedure, key, request_hash, answer, created_at)
      values ('somebody', 'order.place', '${name}', '', '{"json":{"done":true,"value":null}}', ${at})`,
    stays: '71 hours',
    goes: '73 hours',
  },
  {
    what: 'a session that is over',
    schedule: 'sweep-accounts',
    table: 'session',
    insert: (name, at) => `insert into session (id, user_id, epoch, idle_seconds, expires_at, ends_at)
      select '${name}', id, 0, 60, ${at}, ${at} from "user" limit 1`,
    stays: '-1 minutes',
    goes: '1 second',
  },
  {
    what: 'the first step of a login that is over',
    schedule: 'sweep-accounts',
    table: 'login_challenge',
    insert: (name, at) => `insert into login_challenge (id, user_id, epoch, expires_at)
      select '${name}', id, 0, ${at} from "user" limit 1`,
    stays: '-1 minutes',
    goes: '1 second',
  },
  {
    what: 'a link that has ended',
    schedule: 'sweep-accounts',
    table: 'link',
    insert: (name, at) => `insert into link (id, user_id, purpose, token_hash, expires_at)
      select '${name}', id, 'verify_email', '${name}', ${at} from "user" limit 1`,
    stays: '29 days',
    goes: '31 days',
  },
  {
    what: 'a delivery to a webhook',
    schedule: 'forget-webhook-deliveries',
    table: 'webhook_delivery',
    insert: (name, at) => `insert into webhook_delivery (id, webhook_id, event_id, event_name, body, created_at)
      values ('${name}', 'webhook_kept', '${name}', 'order.placed', '', ${at})`,
    stays: '29 days',
    goes: '31 days',
  },
  {
    what: 'a webhook that was deleted',
    schedule: 'forget-webhook-deliveries',
    table: 'webhook_endpoint',
    insert: (name, at) => `insert into webhook_endpoint (id, url, description, events, status, deleted_at)
      values ('${name}', 'https://example.com', '', '{}', 'active', ${at})`,
    stays: '23 hours',
    goes: '25 hours',
  },
  {
    what: 'a secret that signs no more',
    schedule: 'forget-webhook-deliveries',
    table: 'webhook_secret',
    insert: (name, at) => `insert into webhook_secret (id, webhook_id, sealed, expires_at)
      values ('${name}', 'webhook_kept', '', ${at})`,
    stays: '-1 minutes',
    goes: '1 second',
  },
  {
    what: 'a count that has started over',
    schedule: 'forget-counts',
    table: 'limit_count',
    column: 'key',
    insert: (name, at) => `insert into limit_count (key, points, expire)
      values ('${name}', 1, extract(epoch from ${at}) * 1000)`,
    stays: '59 minutes',
    goes: '61 minutes',
  },
  {
    what: 'a worker that was killed',
    schedule: 'prune-events',
    table: 'worker_process',
    insert: (name, at) => `insert into worker_process (id, consumers, seen_at) values ('${name}', '{}', ${at})`,
    stays: '23 hours',
    goes: '25 hours',
  },
  {
    what: 'in an index of products, that one is gone',
    schedule: 'tidy-search',
    table: 'search_document',
    insert: (name, at) => `insert into search_document (slot, id, version, words, keywords, gone_at)
      values (0, '${name}', 1, '', '{}', ${at})`,
    stays: '23 hours',
    goes: '25 hours',
  },
]

test.each(kept)('$what: it is there after $stays, and forgotten after $goes', async (of) => {
  const { schedule, table, column = 'id', insert, stays, goes } = of
  for (const age of [stays, goes]) await sql(insert(age, `now() - interval '${age}'`))
  await run(schedule)
  expect(await sql(`select ${column} as name from ${table} where ${column} in (?, ?)`, [stays, goes])).toEqual([
    { name: stays },
  ])
})

test('what the payment provider told, and nobody has heeded, stays however old it is', async () => {
  await sql(`insert into payment_notice (id, attempt_id, created_at)
    select 'open', id, now() - interval '400 days' from payment_attempt limit 1`)
  await run('forget-payment-notices')
  expect(await sql(`select id from payment_notice where id = 'open'`)).toEqual([{ id: 'open' }])
})

test('a key that a call holds is left to it, and goes the next time', async () => {
  await sql(`insert into idempotency_key (principal, procedure, key, request_hash, created_at)
    values ('somebody', 'order.place', 'held', '', now() - interval '73 hours')`)
  const held = () => sql(`select key from idempotency_key where key = 'held'`)
  await shop.runtime.orm.em.fork().transactional(async (em) => {
    await em.execute(`select from idempotency_key where key = 'held' for update`)
    await run('forget-idempotency-keys')
    expect(await held()).toHaveLength(1)
  })
  await run('forget-idempotency-keys')
  expect(await held()).toHaveLength(0)
})
