import { createRuntime, migrate, readConfig } from '@barrow/api/runtime'
import { freePort } from '@barrow/dev/free-port'
import { createTestDatabase } from '@barrow/dev/test-database'
import { testShop } from '@barrow/dev/test-shop'
import { expect, inject, test, vi } from 'vitest'
import { createHealth } from './health.ts'

const shop = await testShop()

test('a process is started once it has been ready, and not ready from the moment it is to stop', async () => {
  const health = createHealth(shop.runtime)
  expect(await health.hasStarted()).toBe(true)
  expect(await health.isReady()).toBe(true)
  health.drain()
  expect(await health.isReady()).toBe(false)
  expect([health.isLive(), await health.hasStarted()]).toEqual([true, true])
})

test('a process that came before its tables waits for them: alive, neither started nor ready', async () => {
  await using database = await createTestDatabase({ serverUrl: inject('serverUrl'), template: 'template0' })
  await using runtime = await createRuntime(readConfig({ ...shop.env, DATABASE_URL: database.url }))
  const health = createHealth(runtime)
  expect([health.isLive(), await health.hasStarted(), await health.isReady()]).toEqual([true, false, false])

  await migrate(database.url)
  await vi.waitFor(async () => expect(await health.isReady()).toBe(true), { timeout: 20_000 })

  const { em } = runtime.orm
  await em.fork().execute('delete from migration where id = (select max(id) from migration)')
  await vi.waitFor(async () => expect(await health.isReady()).toBe(false), { timeout: 20_000 })
  expect(await health.hasStarted()).toBe(true)
})

test('a process whose database is away is alive and not ready', async () => {
  const url = new URL(shop.env.DATABASE_URL ?? '')
  url.port = String(await freePort(0))
  await using runtime = await createRuntime(readConfig({ ...shop.env, DATABASE_URL: url.href }))
  const health = createHealth(runtime)
  expect([health.isLive(), await health.isReady(), await health.hasStarted()]).toEqual([true, false, false])
})

test('a process one of whose parts hangs is neither alive nor ready', async () => {
  const health = createHealth(shop.runtime, { isLive: () => false })
  expect([health.isLive(), await health.isReady()]).toEqual([false, false])
})
