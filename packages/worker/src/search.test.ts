import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test, vi } from 'vitest'
import { consumers } from './consumers/index.ts'
import { startWorker, type Worker } from './worker.ts'

const shop = await testShop({ env: { WORKER_LEASE_SECONDS: '5' } })
const workers: Worker[] = [await startWorker(shop.runtime, consumers), await startWorker(shop.runtime, consumers)]
afterAll(() => Promise.all(workers.map((worker) => worker.stop())))
const visitor = shop.guest()
const soon = { timeout: 60_000, interval: 20 }

const found = async (q: string, input: { available?: true } = {}) =>
  (await visitor.product.search({ currency: 'EUR', q, ...input })).total.count
const becomes = (count: number, ...asked: Parameters<typeof found>) =>
  vi.waitFor(async () => expect(await found(...asked)).toBe(count), soon)
const titled = async (title: string, options: Parameters<typeof goods>[1] = {}) => {
  const made = await goods(shop, { onHand: 1, ...options })
  await shop.system.product.update({ id: made.productId, title })
  return made
}

test('what staff change is found a moment later', async () => {
  const { productId } = await titled('Umbrella')
  await becomes(1, 'umbrella')
  await shop.system.product.setStatus({ id: productId, status: 'draft' })
  await becomes(0, 'umbrella')
  await shop.system.product.setStatus({ id: productId, status: 'active' })
  await becomes(1, 'umbrella')
  await shop.system.product.delete({ id: productId })
  await becomes(0, 'umbrella')
})

test('the last one sold is found as sold out, and is back when its order is cancelled', async () => {
  const { variantIds } = await titled('Hammock')
  await becomes(1, 'hammock', { available: true })
  const [variantId = 'variant_none' as const] = variantIds
  const { place } = await buyer(shop, [{ variantId, quantity: 1 }])
  const order = await place('test_decline')
  await becomes(1, 'hammock', { available: true })
  expect(order.status).toBe('payment_failed')
  const bought = await buyer(shop, [{ variantId, quantity: 1 }])
  await bought.place('test_accept')
  await becomes(0, 'hammock', { available: true })
  await becomes(1, 'hammock')
})

test('a category that gets another name or place is found by it with all its products', async () => {
  const { system } = shop
  const top = await system.category.create({ slug: 'top', name: 'Sleeping' })
  const below = await system.category.create({ slug: 'below', name: 'Pillows' })
  for (const title of ['Feather', 'Down', 'Buckwheat']) {
    const { productId } = await titled(title)
    await system.product.update({ id: productId, categoryIds: [below.id] })
  }
  await becomes(3, 'pillows')
  await becomes(0, 'sleeping')
  await system.category.update({ id: below.id, parentId: top.id })
  await becomes(3, 'sleeping')
  await system.category.update({ id: top.id, name: 'Night' })
  await becomes(3, 'night')
  await becomes(0, 'sleeping')
})
