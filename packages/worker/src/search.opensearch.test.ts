import { startService } from '@barrow/dev/services'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test, vi } from 'vitest'
import { consumers } from './consumers/index.ts'
import { startWorker } from './worker.ts'

const server = await startService('opensearch')
afterAll(() => server.stop())
const shop = await testShop({ env: { SEARCH: 'opensearch', OPENSEARCH_TIMEOUT_MS: '3000', ...server.env } })
const worker = await startWorker(shop.runtime, consumers)
afterAll(() => worker.stop())
vi.setConfig({ testTimeout: 400_000 })
const soon = { timeout: 120_000, interval: 100 }

const found = async (q: string) => (await shop.guest().product.search({ currency: 'EUR', q })).total.count
const answeredBy = async (engine: string) =>
  (await shop.runtime.metrics.searches.get()).values.find(({ labels }) => labels.engine === engine)?.value ?? 0
const fallbacks = async () => (await shop.runtime.metrics.searchFallbacks.get()).values[0]?.value ?? 0
const offer = async (title: string) => {
  const { productId } = await goods(shop, { onHand: 1 })
  await shop.system.product.update({ id: productId, title })
  return productId
}
/** Found by OpenSearch itself. */
const isFound = (q: string, count: number) =>
  vi.waitFor(async () => {
    const before = await answeredBy('opensearch')
    expect(await found(q)).toBe(count)
    // What is not found is looked for twice.
    expect(await answeredBy('opensearch')).toBeGreaterThan(before)
  }, soon)

test('a server that is away is stood in for, and gets what it missed by itself when it is back', async () => {
  await offer('Anorak')
  await isFound('anorak', 1)
  const before = await fallbacks()
  await server.kill()
  await vi.waitFor(async () => expect(await found('anorak')).toBe(1), soon)
  expect(await fallbacks()).toBeGreaterThan(before)
  const productId = await offer('Balaclava')
  await vi.waitFor(async () => expect(await found('balaclava')).toBe(1), soon)
  await server.up()
  await isFound('balaclava', 1)
  await shop.system.product.setStatus({ id: productId, status: 'archived' })
  await isFound('balaclava', 0)
})

test('a server that hangs is stood in for as well, and asked again when it goes on', async () => {
  await offer('Cagoule')
  await isFound('cagoule', 1)
  await server.pause()
  const before = await fallbacks()
  await vi.waitFor(async () => expect(await found('cagoule')).toBe(1), soon)
  expect(await fallbacks()).toBeGreaterThan(before)
  await server.resume()
  await isFound('cagoule', 1)
})

test('a server that comes back empty is filled again by itself', async () => {
  await offer('Duffel')
  await isFound('duffel', 1)
  await server.wipe()
  await server.up()
  await isFound('duffel', 1)
})
