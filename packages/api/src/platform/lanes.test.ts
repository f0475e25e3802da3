import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { testShop } from '@barrow/dev/test-shop'
import pg from 'pg'
import { expect, test } from 'vitest'
import { faultOf } from './error-shape.ts'
import { openLanes } from './lanes.ts'
import { lanesOf } from './orm.ts'

const shop = await testShop({ env: { DATABASE_POOL: '4' } })
const few = await testShop({ env: { DATABASE_POOL: '3' } })
const { em } = shop.runtime.orm
for (const { runtime } of [shop, few]) await runtime.orm.em.fork().execute('select 1')
const lanes = lanesOf(em)
if (lanes === undefined) throw new Error('four connections are enough to share some')
const ask = async (text: string, values: unknown[] = []) => (await lanes.ask(text, values))?.rows

/** Long enough for lanes to be looked at several times, however slow this machine is. */
async function turns(): Promise<void> {
  for (let turn = 1; turn <= 12; turn += 1) await sleep(10)
}

test('of a few connections none is shared; of more, two', () => {
  expect(lanesOf(few.runtime.orm.em)).toBeUndefined()
  expect(lanes.most).toBe(2)
})

test('many questions at once get their own answers each, over two connections', async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => ask('select $1::int as n, pg_backend_pid() as at', [n])),
  )
  expect(answers.map((rows) => rows?.[0].n)).toEqual(Array.from({ length: 200 }, (_, n) => n))
  expect(new Set(answers.map((rows) => rows?.[0].at)).size).toBe(2)
})

test('what is asked there is planned once, and by indexes as everywhere', async () => {
  const settings = ['plan_cache_mode', 'enable_seqscan']
  const answers = await Promise.all(settings.map((name) => ask('select current_setting($1) as value', [name])))
  expect(answers.map((rows) => rows?.[0].value)).toEqual(['force_generic_plan', 'off'])
})

test('one that fails fails alone', async () => {
  const asked = [1, 0, 2, 0, 3].map((by) => ask('select 6 / $1::int as whole', [by]))
  const answers = await Promise.allSettled(asked)
  expect(answers.map((one) => (one.status === 'fulfilled' ? one.value?.[0].whole : one.reason.code))).toEqual([
    ...[6, '22012', 3, '22012', 2],
  ])
})

test('a lane with something slow in it gets nothing new, and when both have there is none', async () => {
  const ended: string[] = []
  const slow = ask('select pg_sleep($1)', [2]).then(() => ended.push('slow'))
  await turns()
  await Promise.all(Array.from({ length: 20 }, () => ask('select $1::int', [1]).then(() => ended.push('quick'))))
  const other = ask('select pg_sleep($1)', [2])
  await turns()
  expect(lanes.ask('select 1', [])).toBeUndefined()
  expect(lanes.busy).toBe(2)
  await Promise.all([slow, other])
  expect(ended).toEqual([...Array(20).fill('quick'), 'slow'])
  expect(await ask('select $1::int as n', [1])).toEqual([{ n: 1 }])
})

test('whoever gets no connection in time is told that the shop is busy, and the next one tries anew', async () => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const options = { host: '127.0.0.1', port, user: 'u', database: 'd', connectionTimeoutMillis: 100 }
  // All that is looked at of a pool.
  const late = openLanes({ options } as never, () => {})
  for (let times = 1; times <= 2; times += 1) {
    const error = await late.ask('select 1', [])?.catch((error: unknown) => error)
    expect(faultOf(error)).toMatchObject({ reason: 'busy' })
  }
  expect(sockets.size).toBe(2)
  await late.close()
  for (const socket of sockets) socket.destroy()
  silent.close()
})

test('lanes that are closed take no more', async () => {
  const closing = await testShop({ env: { DATABASE_POOL: '4' } })
  const { orm } = closing.runtime
  await orm.em.fork().execute('select 1')
  const own = lanesOf(orm.em)
  const last = own?.ask('select pg_sleep($1)', [0.2])
  await orm.close()
  expect((await last)?.rows).toHaveLength(1)
  expect(own?.ask('select 1', [])).toBeUndefined()
})

test('a lane that is old answers what it was asked, takes nothing meanwhile, and is opened anew', async () => {
  const pool = new pg.Pool({ connectionString: shop.env.DATABASE_URL, maxLifetimeSeconds: 0.4 })
  const own = openLanes(pool, () => {})
  const at = async (seconds = 0) => {
    const result = await own.ask('select pg_backend_pid() as at, pg_sleep($1)', [seconds])
    return result?.rows[0].at as number | undefined
  }
  const first = await at()
  expect(await at()).toBe(first)
  const last = at(0.8)
  await sleep(500)
  const other = await at()
  expect(other).toBeTypeOf('number')
  expect(other).not.toBe(first)
  expect(await last).toBe(first)
  expect(await at()).not.toBe(first)
  await own.close()
  await pool.end()
})

test('a turn in which this process was busy makes no lane a slow one', async () => {
  await Promise.all([ask('select 1'), ask('select 1')])
  const both = [ask('select $1::int', [1]), ask('select $1::int', [1])]
  await sleep(1)
  for (const until = performance.now() + 60; performance.now() < until; );
  expect(lanes.ask('select 1', [])).toBeDefined()
  await Promise.all(both)
})

test('a connection that breaks fails what was under way on it, and is opened anew', async () => {
  const [{ at } = { at: 0 }] = (await ask('select pg_backend_pid() as at')) ?? []
  const under = ask('select pg_sleep($1)', [5]).then(
    () => 'answered',
    (error: Error) => error.message,
  )
  await turns()
  await em
    .fork()
    .execute('select pg_terminate_backend(pid) from pg_stat_activity where query like ? and pid <> pg_backend_pid()', [
      'select pg_sleep%',
    ])
  expect(await under).toMatch(/terminat/)
  await expect.poll(() => ask('select $1::int as n', [2]).catch(() => 'away')).toEqual([{ n: 2 }])
  expect(at).toBeGreaterThan(0)
})
