import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createMailbox } from '@barrow/api/work'
import { freePort } from '@barrow/dev/free-port'
import { shopper } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { afterEach, expect, test, vi } from 'vitest'

const shop = await testShop({ env: { WORKER_LEASE_SECONDS: '5' } })
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const soon = { timeout: 150_000, interval: 20 }

const running = new Set<ChildProcess>()
function startProcess(env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, ...shop.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}
const kill = async (child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> => {
  const exited = once(child, 'exit')
  child.kill(signal)
  return (await exited)[0]
}
afterEach(() => Promise.all([...running].map((child) => kill(child, 'SIGKILL'))))

test('a worker that is killed while it takes the money: the order is confirmed once, the money taken once', async () => {
  const ada = await shopper(shop)
  const order = await ada.place('test_slow')
  const charged = () =>
    vi.waitFor(async () => {
      expect(await sql('select status from test_payment where order_number = ?', [order.number])).toEqual([
        { status: 'captured' },
      ])
      expect(await sql(`select 1 as busy from inbox_entry where status = 'working'`)).toEqual([{ busy: 1 }])
    }, soon)
  const first = startProcess()
  await charged()
  await kill(first, 'SIGKILL')
  expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('authorised')

  startProcess()
  await vi.waitFor(async () => {
    expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('confirmed')
  }, soon)
  expect(
    await sql(
      `select (select count(*) from order_moment where order_id = ? and what = 'confirmed') as confirmed,
         (select count(*) from outbox_event where key = ? and name = 'order.confirmed') as told,
         (select count(*) from test_payment where order_number = ? and status = 'captured') as captured`,
      [order.id, order.id, order.number],
    ),
  ).toEqual([{ confirmed: 1, told: 1, captured: 1 }])
  expect(await sql('select on_hand, reserved from inventory_item where variant_id = ?', [ada.variantId])).toEqual([
    { on_hand: 4, reserved: 0 },
  ])
  const { mailboxDir } = shop.runtime.config.mail
  await vi.waitFor(async () => {
    expect((await createMailbox(mailboxDir).list()).filter((mail) => mail.subject.includes(order.number))).toHaveLength(
      1,
    )
  }, soon)
})

test('a worker that is asked to stop finishes what it is at, and ends well', async () => {
  const ada = await shopper(shop)
  const order = await ada.place('test_slow')
  const worker = startProcess()
  await vi.waitFor(async () => {
    expect(await sql('select status from test_payment where order_number = ?', [order.number])).toEqual([
      { status: 'captured' },
    ])
  }, soon)
  expect(await kill(worker, 'SIGTERM')).toBe(0)
  expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('confirmed')
})

/** A way to the database that is shut at first. */
async function door() {
  const { hostname, port } = new URL(shop.env.DATABASE_URL ?? '')
  let open = false
  let knocks = 0
  const server = createServer((client) => {
    knocks += 1
    if (!open) return void client.destroy()
    const way = connect(Number(port), hostname)
    for (const socket of [client, way])
      socket.on('error', () => {}).on('close', () => [client, way].map((end) => end.destroy()))
    client.pipe(way).pipe(client)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = new URL(shop.env.DATABASE_URL ?? '')
  // A TCP server that listens has an address of this form.
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    knocks: () => knocks,
    unlock() {
      open = true
    },
    [Symbol.dispose]: () => void server.close(),
  }
}

test('a worker that starts before its database waits for it', async () => {
  using way = await door()
  const ada = await shopper(shop)
  const order = await ada.place()
  const internal = await freePort(0)
  const worker = startProcess({ DATABASE_URL: way.url, INTERNAL_PORT: String(internal) })
  const says = async (probe: string) => (await fetch(`http://127.0.0.1:${internal}/health/${probe}`)).status
  await vi.waitFor(() => expect(way.knocks()).toBeGreaterThan(1), soon)
  await vi.waitFor(async () => expect(await says('live')).toBe(200), soon)
  expect([await says('started'), await says('ready')]).toEqual([503, 503])
  expect(worker.exitCode).toBeNull()
  way.unlock()
  await vi.waitFor(async () => expect(await says('ready')).toBe(200), soon)
  expect([await says('started'), await says('live')]).toEqual([200, 200])
  await vi.waitFor(async () => {
    expect((await ada.caller.order.get({ orderId: order.id })).status).toBe('confirmed')
  }, soon)
})

test('a worker that waits for its database can be told to stop', async () => {
  using way = await door()
  const worker = startProcess({ DATABASE_URL: way.url })
  await vi.waitFor(() => expect(way.knocks()).toBeGreaterThan(0), soon)
  expect(await kill(worker, 'SIGTERM')).toBe(0)
})
