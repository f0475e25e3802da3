import { expect, test } from 'vitest'
import { createGuardedHttp } from '../../platform/adapters/guarded-http.ts'
import { startReceiver, webhookShop } from './test-webhooks.ts'

const { shop, staff, subscribe, change, deliver, onlyDelivery } = await webhookShop()

test('a name that leads into the private network is not called, even if it led elsewhere when it was entered', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  const port = new URL(receiver.url).port
  await staff.webhook.update({ id, url: `https://hooks.example.com:${port}/` })
  await change()
  const outbound = createGuardedHttp({ allowPrivate: false, resolve: async () => ['127.0.0.1'] })
  await deliver({ as: { ...shop.runtime, outbound } })
  expect(receiver.received).toHaveLength(0)
  expect(await onlyDelivery(id)).toMatchObject({ status: 'failed', error: 'The address is private or reserved.' })
})

test('a URL of this machine that was allowed once is refused when it no longer is', async () => {
  await using receiver = await startReceiver()
  const { id } = await subscribe(receiver)
  await change()
  await deliver({ as: { ...shop.runtime, outbound: createGuardedHttp({ allowPrivate: false }) } })
  expect(receiver.received).toHaveLength(0)
  expect(await onlyDelivery(id)).toMatchObject({ status: 'failed', error: 'The URL is not https.' })
})
