import { createHealth, openInternal } from '@barrow/api/work'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test, vi } from 'vitest'
import { startWorker } from './worker.ts'

const shop = await testShop({ env: { INTERNAL_PORT: '0' } })
const soon = { timeout: 60_000, interval: 50 }

test('a worker one of whose loops hangs says that it should be started anew, until the loop comes round', async () => {
  const { runtime } = shop
  const worker = await startWorker(runtime, [])
  const health = createHealth(runtime, { isLive: worker.isLive })
  await using internal = await openInternal(runtime, health)
  const probe = async (name: string) => (await fetch(`http://127.0.0.1:${internal?.port}/health/${name}`)).status
  expect([await probe('live'), await probe('ready')]).toEqual([200, 200])

  const locked = Promise.withResolvers<void>()
  const unlock = Promise.withResolvers<void>()
  const holding = runtime.orm.em.fork().transactional(async (em) => {
    await em.execute('lock table schedule_run in access exclusive mode')
    locked.resolve()
    await unlock.promise
  })
  await locked.promise
  const hung = async () => {
    const rows = await runtime.orm.em.fork().execute('select 1 from pg_locks where not granted')
    expect(rows).not.toEqual([])
  }
  await vi.waitFor(hung, soon)
  expect(await probe('live')).toBe(200)
  const now = performance.now.bind(performance)
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 600_000)
  expect([await probe('live'), await probe('ready')]).toEqual([503, 503])
  const metrics = await (await fetch(`http://127.0.0.1:${internal?.port}/metrics`)).text()
  expect(Number(/^barrow_worker_round_seconds\{loop="schedules"\} (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan(600)

  unlock.resolve()
  await holding
  clock.mockRestore()
  await vi.waitFor(async () => expect([await probe('live'), await probe('ready')]).toEqual([200, 200]), soon)
  await worker.stop()
})
