import { createCaller, createRuntime, readConfig } from '@barrow/api/runtime'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test, vi } from 'vitest'
import { consumers } from './consumers/index.ts'
import { startWorker, type Worker } from './worker.ts'

const shop = await testShop({ env: { SEARCH_LANGUAGE: 'english' } })
/** The same shop, whose settings say another language. */
const german = await createRuntime(readConfig({ ...shop.env, SEARCH_LANGUAGE: 'german' }))
const workers: Worker[] = []
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()))
  await german.close()
})
const soon = { timeout: 60_000, interval: 20 }
const runtimes = { english: shop.runtime, german }

const found = async (language: keyof typeof runtimes, q: string) =>
  (await createCaller(runtimes[language], { kind: 'guest', guest: null }).product.search({ currency: 'EUR', q })).total
    .count
const indexes = () =>
  shop.runtime.orm.em
    .fork()
    .execute<{ name: string; language: string }[]>(
      `select name, split_part(signature, ':', 1) as language from search_index where state = 'active'`,
    )
const titled = async (title: string) => {
  const { productId } = await goods(shop, { onHand: 1 })
  await shop.system.product.update({ id: productId, title })
}

test('a shop whose catalogue is said to be in another language searches in it once a worker starts, and all the time until then', async () => {
  for (let n = 0; n < 30; n++) await titled(`Lampe ${n}`)
  await titled('Freundlich')
  workers.push(await startWorker(shop.runtime, consumers))
  await vi.waitFor(
    async () => expect([await found('english', 'lampe'), await found('english', 'freundlich')]).toEqual([30, 1]),
    soon,
  )
  expect(await found('english', 'Freundlichkeiten')).toBe(0)

  const answers = new Set<unknown>()
  let asking = true
  const askers = Object.keys(runtimes).map(async (language) => {
    // Its keys.
    while (asking) answers.add(await found(language as keyof typeof runtimes, 'lampe').catch(String))
  })
  workers.push(await startWorker(german, consumers))
  await vi.waitFor(async () => expect(await found('german', 'Freundlichkeiten')).toBe(1), soon)
  expect(await found('english', 'Freundlichkeiten')).toBe(1)

  // The one that began with the language before goes on beside it, and leaves the index as it is.
  const renewed = await indexes()
  expect(renewed).toEqual([{ name: expect.any(String), language: 'german' }])
  await titled('Herzlich')
  await vi.waitFor(async () => expect(await found('english', 'Herzlichkeiten')).toBe(1), soon)
  await workers.pop()?.stop()
  await titled('Ehrlich')
  await vi.waitFor(async () => expect(await found('german', 'Ehrlichkeiten')).toBe(1), soon)
  expect(await indexes()).toEqual(renewed)
  asking = false
  await Promise.all(askers)
  expect([...answers]).toEqual([30])
})
