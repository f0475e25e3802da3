import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'
import { runWith } from '../test-io.ts'

const shop = await testShop()
const main = join(import.meta.dirname, '..', '..', '..', 'worker', 'src', 'main.ts')
const worker = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...shop.env }, stdio: 'inherit' })
afterAll(async () => {
  const ended = once(worker, 'exit')
  worker.kill('SIGTERM')
  await ended
})

await goods(shop, { onHand: 10 })
await shop.system.shippingMethod.create({ name: 'Parcel', prices: [{ currency: 'EUR', amount: 490 }] })

test('a shop that sells nothing for that money says so', async () => {
  expect(await runWith(['demo', 'order', '--currency', 'JPY'], shop.env)).toMatchObject({
    status: 1,
    err: expect.stringContaining('nothing in stock'),
  })
})

test('the demo order goes from a visitor’s cart to confirmed', async () => {
  const { status, out, err } = await runWith(['demo', 'order'], shop.env)
  expect(err).toContain('is placed: 2489 minor units of EUR')
  expect({ status, out }).toMatchObject({ status: 0, out: expect.stringMatching(/^\S{11} order_\w+ confirmed\n$/) })
})

test('a card that is declined is told', async () => {
  const { out } = await runWith(['demo', 'order', '--card', 'test_decline'], shop.env)
  expect(out).toContain('payment_failed')
})
