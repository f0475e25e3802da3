import { prove } from '@barrow/api/prove'
import { createCaller, createRuntime, readConfig } from '@barrow/api/runtime'
import { createWorkContext } from '@barrow/api/work'
import { expect, inject, test, vi } from 'vitest'
import { buyer } from '../test-buyer.ts'
import { createTestDatabase } from '../test-database.ts'
import { goods } from '../test-goods.ts'
import { testShop } from '../test-shop.ts'
import { restoreBackup, takeBackup } from './backup.ts'
import { startProgram } from './program.ts'

const shop = await testShop()

test('a shop that is restored from its backup has its books, and finishes there what was half done', async () => {
  const { variantIds } = await goods(shop, { onHand: 5 })
  const ada = await buyer(shop, [{ variantId: variantIds[0] ?? 'variant_none' }])
  const order = await ada.place()
  expect(order.status).toBe('authorised')
  const backup = await takeBackup(shop.env.DATABASE_URL ?? '')

  await using database = await createTestDatabase({ serverUrl: inject('serverUrl'), template: inject('template') })
  await restoreBackup(database.url, backup)
  const env = { ...shop.env, DATABASE_URL: database.url }
  await using runtime = await createRuntime(readConfig(env))
  const restored = createCaller(runtime, { kind: 'system', name: 'test' })
  const ctx = createWorkContext(runtime, 'test', 'prove', 'test')
  expect(await prove(ctx, { atRest: false })).toEqual([])
  expect(await restored.order.get({ orderId: order.id })).toMatchObject({ number: order.number, status: 'authorised' })

  await using worker = startProgram('worker', { ...env, WORKER_GRACE_SECONDS: '0' })
  await worker.said('worker started')
  await vi.waitFor(
    async () => {
      expect((await restored.order.get({ orderId: order.id })).status).toBe('confirmed')
      expect(await prove(ctx, { atRest: true })).toEqual([])
    },
    { timeout: 200_000, interval: 500 },
  )
  // The shop it was taken from knows nothing of it.
  expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('authorised')
}, 300_000)
