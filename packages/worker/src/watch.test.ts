import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createTestPayments } from '@barrow/api/work'
import { shopper } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test, vi } from 'vitest'

const shop = await testShop()
const worker = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
  env: { PATH: process.env.PATH, ...shop.env },
  stdio: ['ignore', 'inherit', 'inherit'],
})
afterAll(async () => {
  const ended = once(worker, 'exit')
  worker.kill('SIGTERM')
  await ended
})

test('a buyer who watches hears what another process does to their order', async () => {
  const ada = await shopper(shop)
  const { id: orderId } = await ada.place('test_action')
  const seen: string[] = []
  const watching = (async () => {
    for await (const { status, paymentStatus } of await ada.caller.order.watch({ orderId })) {
      seen.push(`${status} ${paymentStatus}`)
      if (status === 'confirmed') return
    }
  })()
  await vi.waitFor(() => expect(seen).toEqual(['pending_payment needs_action']), { timeout: 150_000, interval: 20 })
  const [attempt] = await shop.runtime.orm.em
    .fork()
    .execute<{ id: string }[]>('select id from payment_attempt where order_id = ?', [orderId])
  await createTestPayments(shop.runtime.orm).act(attempt?.id ?? '', 'authorised')
  await ada.caller.order.confirmPayment({ orderId })
  await watching
  expect(seen.at(-1)).toBe('confirmed captured')
})
