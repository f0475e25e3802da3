import { expect, test } from 'vitest'
import { testShop } from '../test-shop.ts'
import { rollingRestarts } from './rolling.ts'

const shop = await testShop()

test('API processes are restarted one after the other under load, and no request fails', async () => {
  const { answered, failed, exitCodes } = await rollingRestarts(shop.env, { restarts: 3 })
  expect(failed).toEqual([])
  expect(exitCodes).toEqual([0, 0, 0])
  expect(answered).toBeGreaterThan(100)
}, 300_000)
