import { createRuntime, readConfig } from '@barrow/api/runtime'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test, vi } from 'vitest'
import { cache } from './consumers/cache.ts'
import { startWorker } from './worker.ts'

const shop = await testShop()
const other = await createRuntime(readConfig(shop.env))
const worker = await startWorker(other, [cache])
afterAll(async () => {
  await worker.stop()
  await other.close()
})
const soon = { timeout: 30_000, interval: 20 }

test('what a process changed that ended before it could tell, the event tells', async () => {
  const told: string[] = []
  const unsure = vi.fn()
  shop.runtime.changes.on(null, (keys) => (keys === null ? unsure() : told.push(...keys)))
  await vi.waitFor(() => expect(unsure).toHaveBeenCalled(), soon)
  const { productId } = await goods(shop)
  await vi.waitFor(() => expect(told.filter((key) => key === productId).length).toBeGreaterThan(3), soon)

  told.length = 0
  // An event as a process leaves it that is killed right after its commit: nobody was told.
  await shop.runtime.orm.em.fork().execute(
    `insert into outbox_event (id, name, version, key, sequence, payload, occurred_at)
     values ('event_7zzzzzzzzzzzzzzzzzzzzzzzzz', 'product.changed', 1, ?, 1000, ?, now())`,
    [productId, JSON.stringify({ productId, change: 'updated', status: 'active' })],
  )
  await vi.waitFor(() => expect(told).toContain(productId), soon)
})
