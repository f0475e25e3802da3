import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { consumers } from './consumers/index.ts'
import { startWorker } from './worker.ts'

const shop = await testShop({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
const soon = { timeout: 150_000, interval: 20 }

/** A merchant's server: the ids of what it got, and what it answers. */
const got: string[] = []
let answer = (response: ServerResponse): unknown => response.end()
const receiver = createServer((request, response) => {
  got.push(String(request.headers['webhook-id']))
  answer(response)
})
await once(receiver.listen(0, '127.0.0.1'), 'listening')
// A server that listens on TCP has an address with a port.
const { port } = receiver.address() as AddressInfo
afterAll(() => {
  receiver.closeAllConnections()
  receiver.close()
})

const running = new Set<ChildProcess>()
function startProcess(): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, ...shop.env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}
async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const exited = once(child, 'exit')
  child.kill(signal)
  return (await exited)[0]
}
// Tests run in any order: what one of them got is nothing to the next.
beforeEach(() => void got.splice(0))
afterEach(() => Promise.all([...running].map((child) => kill(child, 'SIGKILL'))))

test('an event reaches a merchant through real workers, even when one dies during the call', async () => {
  const { id } = await shop.system.webhook.create({ url: `http://127.0.0.1:${port}/`, events: ['category.changed'] })
  answer = () => {}
  const first = startProcess()
  await shop.system.category.create({ slug: 'lamps', name: 'Lamps' })
  await vi.waitFor(() => expect(got).toHaveLength(1), soon)
  await kill(first, 'SIGKILL')

  answer = (response) => response.end()
  await shop.runtime.orm.em.fork().execute('update webhook_delivery set leased_until = now()')
  const second = startProcess()
  await vi.waitFor(async () => {
    const { rows } = await shop.system.webhook.deliveries({ webhookId: id })
    expect(rows).toMatchObject([{ status: 'delivered', attempts: 2, eventId: got[0] }])
  }, soon)
  expect(got).toEqual([got[0], got[0]])
  expect(await kill(second, 'SIGTERM')).toBe(0)
})

test('an event that no webhook asked for is done as it leaves the outbox; asked for before it happens, it is delivered', async () => {
  const worker = await startWorker(shop.runtime, consumers)
  const entries = (key: string) =>
    shop.runtime.orm.em
      .fork()
      .execute(`select status, attempts from inbox_entry where consumer = 'webhooks' and key = ?`, [key])
  const { id: unheard } = await shop.system.product.create({ slug: 'unheard', title: 'Unheard' })
  await vi.waitFor(async () => expect(await entries(unheard)).toEqual([{ status: 'done', attempts: 0 }]), soon)

  const { id } = await shop.system.webhook.create({ url: `http://127.0.0.1:${port}/2`, events: ['product.changed'] })
  const { id: heard } = await shop.system.product.create({ slug: 'heard', title: 'Heard' })
  await vi.waitFor(async () => {
    expect((await shop.system.webhook.deliveries({ webhookId: id })).rows).toMatchObject([{ status: 'delivered' }])
  }, soon)
  expect(await entries(heard)).toEqual([{ status: 'done', attempts: 1 }])
  await worker.stop()
})
