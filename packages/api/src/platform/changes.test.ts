import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createRuntime, readConfig } from '@barrow/api/runtime'
import { visitor } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test, vi } from 'vitest'
import { bellOf, noteChange, openChanges } from './changes.ts'
import { createWorkContext } from './context.ts'
import { inTransaction } from './transaction.ts'

const shop = await testShop()
// Another process of the same shop, as far as the database can tell.
const other = await createRuntime(readConfig(shop.env))
afterAll(() => other.close())

const soon = { timeout: 30_000, interval: 20 }
/** Changes keys over there, and commits. */
const change = (...keys: string[]) =>
  inTransaction(createWorkContext(other, 'worker', 'test', 'test'), async (ctx) => {
    await ctx.em.execute('select 1')
    for (const key of keys) noteChange(ctx, key)
  })
const ears = (): Promise<{ pid: number }[]> =>
  other.orm.em
    .fork()
    .execute(`select pid from pg_stat_activity where datname = current_database() and query like 'listen %'`)
/** A connection that was ended is listed for a moment longer. */
const oneEar = () =>
  vi.waitFor(async () => {
    const all = await ears()
    expect(all).toHaveLength(1)
    return all
  }, soon)
const never = new AbortController().signal
const HOUR = 3_600_000

/** Listens to a key, and counts how often it is called. */
async function listenTo(key: string | null) {
  const heard = vi.fn()
  const off = shop.runtime.changes.on(key, heard)
  await vi.waitFor(async () => expect(await ears()).not.toEqual([]), soon)
  return { heard, off }
}

test('what one process commits, another hears of: of what it listens to, and of nothing else', async () => {
  const [mine, yours, all] = [await listenTo('order_mine'), await listenTo('order_yours'), await listenTo(null)]
  for (const { heard } of [mine, yours, all]) heard.mockClear()
  await change('order_mine')
  await vi.waitFor(() => expect([mine.heard.mock.calls.length, all.heard.mock.calls.length]).toEqual([1, 1]), soon)
  expect(yours.heard).not.toHaveBeenCalled()
  for (const { off } of [mine, yours, all]) off()
  await change('order_mine')
  expect(mine.heard).toHaveBeenCalledTimes(1)
})

test('what is rolled back is not told, and what is committed is told once', async () => {
  const { heard, off } = await listenTo('order_undone')
  heard.mockClear()
  const undone = inTransaction(createWorkContext(other, 'worker', 'test', 'test'), async (ctx) => {
    noteChange(ctx, 'order_undone')
    throw new Error('rolled back')
  })
  await expect(undone).rejects.toThrow('rolled back')
  await change('order_undone', 'order_undone', 'order_undone')
  await vi.waitFor(() => expect(heard).toHaveBeenCalled(), soon)
  await change('order_undone')
  await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2), soon)
  off()
})

test('a change of more than fits into one word wakes everybody', async () => {
  const { heard, off } = await listenTo('order_small')
  heard.mockClear()
  await change(...Array.from({ length: 400 }, (_, n) => `variant_${String(n).padStart(26, '0')}`))
  await vi.waitFor(() => expect(heard).toHaveBeenCalled(), soon)
  off()
})

test('what many change at once is told by its keys, whoever changed it', async () => {
  const keys = Array.from({ length: 600 }, (_, n) => `variant_${String(n).padStart(26, '0')}`)
  const [{ heard, off }, all] = [await listenTo(keys.at(-1) ?? ''), await listenTo(null)]
  for (const one of [heard, all.heard]) one.mockClear()
  await Promise.all(keys.map((key) => change(key, 'order_of_all')))
  const told = () => all.heard.mock.calls.flatMap(([keys]) => keys)
  await vi.waitFor(() => expect(new Set(told())).toEqual(new Set([...keys, 'order_of_all'])), soon)
  expect(heard).toHaveBeenCalledTimes(1)
  // In far fewer words than changes.
  expect(all.heard.mock.calls.length).toBeLessThan(300)
  for (const stop of [off, all.off]) stop()
})

test('however many watch in a process, it listens on one connection, and goes on when that breaks', async () => {
  const many = await Promise.all(Array.from({ length: 200 }, (_, n) => listenTo(`order_${n}`)))
  const [first] = await oneEar()
  for (const { heard } of many) heard.mockClear()
  await other.orm.em.fork().execute('select pg_terminate_backend(?)', [first?.pid])
  // From when it broke until it is back anything may have been missed: everybody looks, both times.
  await vi.waitFor(() => expect(many.every(({ heard }) => heard.mock.calls.length > 1)).toBe(true), soon)
  expect(await oneEar()).not.toEqual([first])
  await change('order_7')
  await vi.waitFor(() => expect(many[7]?.heard.mock.calls.length).toBeGreaterThan(2), soon)
  for (const { off } of many) off()
})

test('a change between two waits is not slept through', async () => {
  using bell = bellOf(shop.runtime.changes, 'order_bell', never)
  await bell.rung(10)
  const { heard, off } = await listenTo('order_bell')
  heard.mockClear()
  await change('order_bell')
  await vi.waitFor(() => expect(heard).toHaveBeenCalled(), soon)
  await bell.rung(HOUR)
  off()
})

test('who stops watching is let go at once', async () => {
  const stop = new AbortController()
  using bell = bellOf(shop.runtime.changes, 'order_bell', stop.signal)
  setTimeout(() => stop.abort(), 10)
  await bell.rung(HOUR)
  await bell.rung(HOUR)
})

test('an order that does not exist leaves nobody listening', async () => {
  const off = vi.fn()
  const on = vi.spyOn(shop.runtime.changes, 'on').mockReturnValue(off)
  const watching = await shop.as(visitor()).order.watch({ orderId: 'order_01k9zzzzzzzzzzzzzzzzzzzzzz' })
  await expect(watching[Symbol.asyncIterator]().next()).rejects.toMatchObject({ cause: { reason: 'order_not_found' } })
  expect([on.mock.calls.length, off.mock.calls.length]).toEqual([1, 1])
  on.mockRestore()
})

test('whose connection is reset hears of it once more as it ends, lives, and listens anew', async () => {
  const target = new URL(shop.env.DATABASE_URL ?? '')
  const port = Number(target.port)
  const open = new Set<Socket>()
  const way = createServer((client) => {
    const server = connect(port, target.hostname)
    for (const socket of [client, server]) socket.on('error', () => {})
    open.add(client)
    client.pipe(server).pipe(client)
    // Whoever is cut off is gone for the database too, or it would be one more who listens there.
    client.once('close', () => server.destroy())
  })
  await once(way.listen(0, '127.0.0.1'), 'listening')
  // A server that listens on TCP has an address with a port.
  target.port = String((way.address() as AddressInfo).port)
  await using changes = openChanges(target.href)
  let heard = 0
  changes.on(null, () => {
    heard += 1
  })
  await vi.waitFor(() => expect(heard).toBe(1), { timeout: 60_000 })
  for (const socket of open) socket.resetAndDestroy()
  await vi.waitFor(() => expect(heard).toBe(2), { timeout: 60_000 })
  way.close()
})
