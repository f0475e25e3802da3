import { freePort } from '@barrow/dev/free-port'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test, vi } from 'vitest'
import { figures } from '../../figures.ts'
import { createRuntime, type Runtime, readConfig } from '../../runtime.ts'
import { serve } from '../../serve.ts'
import { createWorkContext } from '../context.ts'
import { inTransaction } from '../transaction.ts'
import { createHealth } from './health.ts'
import { type Internal, openInternal } from './internal.ts'

const shop = await testShop({ env: { INTERNAL_PORT: '0', INTERNAL_TOKEN: '' } })

const open = (runtime: Runtime) => openInternal(runtime, createHealth(runtime))

/** What Prometheus reads of a process: each series with its value. */
async function scrape(internal: Internal | undefined): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`http://127.0.0.1:${internal?.port}/metrics`)
  expect(answer.status).toBe(200)
  const series = (await answer.text()).matchAll(/^([a-z_]+(?:\{[^}]*\})?) (\S+)$/gm)
  return new Map([...series].map(([, name = '', value]) => [name, Number(value)]))
}

test('each call is counted once, under its procedure and how it ended; each answer under its code', async () => {
  await using runtime = await createRuntime(readConfig(shop.env))
  await using server = serve(runtime)
  const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`
  const ask = async (path: string, input: object) =>
    (await fetch(`${url}/trpc/${path}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`)).status
  // The second one is answered from the cache.
  expect([await ask('category.list', {}), await ask('category.list', {})]).toEqual([200, 200])
  expect(await ask('category.get', { slug: 'none' })).toBe(404)
  expect(await ask('category.get', { slug: 7 })).toBe(400)
  expect(await ask('audit.list', {})).toBe(401)
  expect(await ask('no.such', {})).toBe(404)

  await using internal = await open(runtime)
  const told = async () => {
    const read = await scrape(internal)
    return Object.fromEntries([...read].filter(([name]) => /^barrow_(calls|http_responses)_total/.test(name)))
  }
  // An answer is counted when its connection is done with it.
  const counted = {
    'barrow_calls_total{procedure="category.list",outcome="ok"}': 2,
    'barrow_calls_total{procedure="category.get",outcome="not_found"}': 1,
    'barrow_calls_total{procedure="category.get",outcome="invalid"}': 1,
    'barrow_calls_total{procedure="audit.list",outcome="unauthenticated"}': 1,
    'barrow_http_responses_total{status="200"}': 2,
    'barrow_http_responses_total{status="400"}': 1,
    'barrow_http_responses_total{status="401"}': 1,
    'barrow_http_responses_total{status="404"}': 2,
  }
  await vi.waitFor(async () => expect(await told()).toEqual(counted), { timeout: 20_000 })
  const read = await scrape(internal)
  expect(read.get('barrow_call_duration_seconds_count{procedure="category.list"}')).toBe(2)
  expect(read.get('barrow_call_duration_seconds_bucket{le="+Inf",procedure="category.get"}')).toBe(2)
  expect([read.get('barrow_http_open_requests'), read.get('barrow_ready')]).toEqual([0, 1])
})

test('races that PostgreSQL settles are counted, and transactions that are tried again', async () => {
  await using runtime = await createRuntime(readConfig(shop.env))
  const raise = (state: string) => `do $$ begin raise exception sqlstate '${state}'; end $$`
  let tries = 0
  await inTransaction(createWorkContext(runtime, 'worker', 'test', 'test'), async (ctx) => {
    tries += 1
    if (tries === 1) await ctx.em.execute(raise('40001'))
    if (tries === 2) await ctx.em.execute(raise('40P01'))
  })
  await expect(runtime.orm.em.fork().execute(raise('23505'))).rejects.toThrow()
  await using internal = await open(runtime)
  const read = await scrape(internal)
  const counted = [...read].filter(([name]) => name.includes('sqlstate='))
  expect(Object.fromEntries(counted)).toEqual({
    'barrow_sql_conflicts_total{sqlstate="40001"}': 1,
    'barrow_sql_conflicts_total{sqlstate="40P01"}': 1,
    'barrow_sql_conflicts_total{sqlstate="23505"}': 1,
    'barrow_transaction_retries_total{sqlstate="40001"}': 1,
    'barrow_transaction_retries_total{sqlstate="40P01"}': 1,
  })
})

test('connections that are held are told as in use', async () => {
  await using runtime = await createRuntime(readConfig({ ...shop.env, DATABASE_POOL: '7' }))
  await using internal = await open(runtime)
  const read = await runtime.orm.em.fork().transactional(async (em) => {
    await em.execute('select 1')
    return scrape(internal)
  })
  expect(read.get('barrow_database_pool_size')).toBe(7)
  expect(read.get('barrow_database_connections{state="in_use"}')).toBe(1)
  expect(read.get('barrow_database_waiting')).toBe(0)
  expect((await scrape(internal)).get('barrow_database_connections{state="in_use"}')).toBe(0)
})

test('a process whose database is away tells its own numbers, and that the others are missing', async () => {
  const url = new URL(shop.env.DATABASE_URL ?? '')
  url.port = String(await freePort(0))
  await using runtime = await createRuntime(readConfig({ ...shop.env, DATABASE_URL: url.href }))
  await using internal = await open(runtime)
  const read = await scrape(internal)
  expect([read.get('barrow_figures_missing'), read.get('barrow_ready')]).toEqual([figures.length, 0])
  expect(read.get('process_resident_memory_bytes')).toBeGreaterThan(0)
  // A number from before, or a zero, would be taken for the truth.
  for (const { gauges } of figures) {
    for (const { name } of Object.values(gauges))
      expect([...read.keys()].filter((one) => one.startsWith(name))).toEqual([])
  }
})
