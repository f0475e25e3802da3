import { expect, test } from 'vitest'
import { createRuntime, readConfig } from '../../runtime.ts'
import { resealSecrets } from './index.ts'
import { isSignedWith, startReceiver, webhookShop, workOf } from './test-webhooks.ts'

const { shop, staff, sql, subscribe, change, deliver, timePasses, onlyDelivery } = await webhookShop()

test('while secrets are rotated both sign, then only the new one', async () => {
  await using receiver = await startReceiver()
  const { id, secret: before } = await subscribe(receiver)
  const { secret: after } = await staff.webhook.rotateSecret({ id, overlapHours: 1 })
  await change()
  await deliver()
  expect([before, after].map((secret) => receiver.received.some((call) => isSignedWith(secret, call)))).toEqual([
    true,
    true,
  ])
  await sql(`update webhook_secret set expires_at = now() where webhook_id = ? and expires_at is not null`, [id])
  await change()
  await deliver()
  const last = receiver.received.at(-1)
  expect([before, after].map((secret) => last && isSignedWith(secret, last))).toEqual([false, true])
})

test('a leaked secret signs nothing from the moment it is replaced without overlap', async () => {
  await using receiver = await startReceiver()
  const { id, secret } = await subscribe(receiver)
  await staff.webhook.rotateSecret({ id, overlapHours: 0 })
  await change()
  await deliver()
  expect(receiver.received.map((call) => isSignedWith(secret, call))).toEqual([false])
})

test('the key of the shop is rotated: secrets go on signing, and are sealed anew before the old key goes', async () => {
  await using receiver = await startReceiver()
  const { id, secret } = await subscribe(receiver)
  const newKey = 'the-next-secret-for-tests-0123456789abcdef'
  const runtimeWith = (SECRET: string) =>
    createRuntime(readConfig({ ...shop.env, SECRET, DATABASE_POOL: '2' }), { log: shop.runtime.log })
  await using both = await runtimeWith(`${newKey},${shop.env.SECRET}`)
  await using next = await runtimeWith(newKey)

  await change()
  await deliver({ as: next })
  expect(receiver.received).toHaveLength(0)
  expect(await onlyDelivery(id)).toMatchObject({
    status: 'failed',
    error: 'The secret cannot be opened with the keys of this shop.',
  })
  await resealSecrets(workOf(both))
  await timePasses()
  await deliver({ as: next })
  expect(receiver.received.map((call) => isSignedWith(secret, call))).toEqual([true])
  // The other tests go on with the old key.
  await using back = await runtimeWith(`${shop.env.SECRET},${newKey}`)
  await resealSecrets(workOf(back))
})
