import { openWay } from '@barrow/dev/chaos/way'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test, vi } from 'vitest'
import { openPostgres } from './postgres.ts'

const shop = await testShop()
vi.setConfig({ testTimeout: 300_000 })

const group = { name: 'reset', events: ['category.changed'] }

// What nobody listens to ends the process, and here the run of the tests.
test('a connection that breaks at any message while the queues are opened and joined ends no process', async () => {
  const url = new URL(shop.env.DATABASE_URL ?? '')
  await using way = await openWay(Number(url.port))
  url.port = String(way.port)
  let boundary = 0
  for (let broken = true; broken; ) {
    broken = false
    boundary += 1
    way.watch(boundary, () => {
      broken = true
    })
    const transport = await openPostgres(url.href, { groups: [group], leaseSeconds: 5, onError: () => {} })
    await transport.subscribe(group, async () => {})
    way.watch()
    await transport.close()
  }
  expect(boundary).toBeGreaterThan(10)
})
