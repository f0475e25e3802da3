import { prove } from '@barrow/api/prove'
import { createCaller, createRuntime, readConfig } from '@barrow/api/runtime'
import { createWorkContext } from '@barrow/api/work'
import { expect, inject, test, vi } from 'vitest'
import { freePort } from '../free-port.ts'
import { shopper } from '../test-buyer.ts'
import { createTestDatabase } from '../test-database.ts'
import { testShop } from '../test-shop.ts'
import { restoreBackup, takeBackup } from './backup.ts'
import { startProgram } from './program.ts'

const shop = await testShop()

/** An order that is paid and not confirmed yet, and what is made of the shop's backup elsewhere. */
async function halfDone() {
  const ada = await shopper(shop)
  const order = await ada.place()
  expect(order.status).toBe('authorised')
  const backup = await takeBackup(shop.env.DATABASE_URL ?? '')

  const database = await createTestDatabase({ serverUrl: inject('serverUrl'), template: inject('template') })
  await restoreBackup(database.url, backup)
  const env = { ...shop.env, DATABASE_URL: database.url }
  const runtime = await createRuntime(readConfig(env))
  const restored = createCaller(runtime, { kind: 'system', name: 'test' })
  return {
    ...{ ada, order, env },
    here: () => restored.order.get({ orderId: order.id }),
    proof: async (atRest: boolean) =>
      (await prove(createWorkContext(runtime, 'test', 'prove', 'test'), { atRest })).map(
        ({ id, offending }) => `${id}: ${offending.join()}`,
      ),
    execute: (query: string) => runtime.orm.em.fork().execute<unknown[]>(query),
    async [Symbol.asyncDispose]() {
      await runtime.close()
      await database.drop()
    },
  }
}
const soon = { timeout: 200_000, interval: 500 }

test('a shop that is restored from its backup has its books, and finishes there what was half done', async () => {
  await using copy = await halfDone()
  const { ada, order, env } = copy
  expect(await copy.proof(false)).toEqual([])
  expect(await copy.here()).toMatchObject({ number: order.number, status: 'authorised' })
  // It has lain for a while: what waits for money then is late, and nothing else.
  await copy.execute(`update "order" set expires_at = now() - interval '1 hour' where id = '${order.id}'`)
  expect(await copy.proof(false)).toEqual([`I10: ${order.id}`])

  await using worker = startProgram('worker', { ...env, WORKER_GRACE_SECONDS: '0' })
  await worker.said('worker started')
  await vi.waitFor(async () => {
    expect((await copy.here()).status).toBe('confirmed')
    expect(await copy.proof(true)).toEqual([])
  }, soon)
  // The shop it was taken from knows nothing of it.
  expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('authorised')
}, 300_000)

test('a copy that has no mail server is proven as a shop that is open; only at rest its letters are missing', async () => {
  await using copy = await halfDone()
  await using worker = startProgram('worker', {
    ...{ ...copy.env, WORKER_GRACE_SECONDS: '0' },
    SMTP_URL: `smtp://127.0.0.1:${await freePort(0)}`,
  })
  await worker.said('worker started')
  await vi.waitFor(async () => {
    expect((await copy.here()).status).toBe('confirmed')
    expect(
      await copy.execute(`select from inbox_entry where status <> 'done' and (consumer <> 'mail' or attempts = 0)`),
    ).toEqual([])
    expect(await copy.execute(`select from inbox_entry where status = 'waiting' and consumer = 'mail'`)).not.toEqual([])
  }, soon)
  expect(await copy.proof(false)).toEqual([])
  const missing = await copy.proof(true)
  expect(missing.map((line) => line.split(':')[0])).toEqual(['I6', 'I7'])
}, 300_000)
