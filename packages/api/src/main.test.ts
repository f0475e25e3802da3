import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test, vi } from 'vitest'
import { hashToken, newToken } from './platform/tokens.ts'

const shop = await testShop()

/** The program as it is run, once it listens. */
async function start(env: Record<string, string> = {}, nodeOptions: string[] = []) {
  const program = spawn(process.execPath, [...nodeOptions, 'src/main.ts'], {
    env: { ...process.env, ...shop.env, PORT: '0', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: { msg: string; pid: number; port?: number; err?: { message: string } }[] = []
  const ended = once(program, 'exit')
  const port = await new Promise<number>((listening) => {
    createInterface(program.stdout).on('line', (line) => {
      const said = JSON.parse(line)
      lines.push(said)
      if (said.msg === 'api listening') listening(said.port)
    })
  })
  const url = `http://127.0.0.1:${port}`
  const ready = async () => (await fetch(`${url}/health/ready`)).status
  return { program, lines, ended, url, ready, [Symbol.dispose]: () => void program.kill('SIGKILL') }
}
/** What a program wrote, for the one who reads why a test failed. */
const written = ({ lines }: { lines: object[] }) => lines.map((line) => JSON.stringify(line)).join('\n')
const soon = { timeout: 20_000, interval: 20 }

test('told to stop, the shop closes in order, though somebody keeps a connection open', async () => {
  using api = await start()
  // fetch keeps its connection for the next request.
  expect(await api.ready()).toBe(200)
  api.program.kill('SIGTERM')
  expect(await api.ended, written(api)).toEqual([0, null])
  expect(api.lines.at(-1)).toMatchObject({ msg: 'api stopped' })
})

test('told to stop, the shop first says that it is not ready, and serves until others know', async () => {
  using api = await start({ SHUTDOWN_DELAY_MS: '20000' })
  expect(await api.ready()).toBe(200)
  api.program.kill('SIGTERM')
  await vi.waitFor(async () => expect(await api.ready()).toBe(503), soon)
  const answer = await fetch(`${api.url}/trpc/category.list?input=${encodeURIComponent('{"json":{}}')}`)
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
  expect((await fetch(`${api.url}/health/live`)).status).toBe(200)

  api.program.kill('SIGTERM')
  // A second time is an order: 128 and the signal's number.
  expect(await api.ended, written(api)).toEqual([143, null])
})

test('told to stop, the shop ends what is streamed, and says when to come back', async () => {
  const { variantIds } = await goods(shop, { onHand: 5 })
  const token = newToken('bg')
  const actor = { kind: 'guest', guest: hashToken(token) } as const
  const { place } = await buyer(shop, [{ variantId: variantIds[0] ?? 'variant_none' }], { actor })
  const order = await place()
  using api = await start()
  const input = encodeURIComponent(JSON.stringify({ json: { orderId: order.id } }))
  const stream = await fetch(`${api.url}/trpc/order.watch?input=${input}`, {
    headers: { Accept: 'text/event-stream', 'Barrow-Guest': token },
  })
  expect(stream.status).toBe(200)
  const read = readToTheEnd(stream)
  await vi.waitFor(async () => expect(await api.ready()).toBe(200), soon)
  api.program.kill('SIGTERM')
  expect(await read).toMatch(/\n\nretry: \d{3,4}\n\n$/)
  expect(await api.ended, written(api)).toEqual([0, null])
})

/** What a stream said until it broke off. */
async function readToTheEnd({ body }: Response): Promise<string> {
  let said = ''
  try {
    for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) said += part
  } catch {
    // As it must.
  }
  return said
}

const atSignal = (what: string) => [`--import=data:text/javascript,process.on('SIGUSR2',()=>{${what}})`]

test.each([
  ['uncaught exception', `setTimeout(()=>{throw new Error('unforeseen')})`],
  ['unhandled rejection', `Promise.reject(new Error('unforeseen'))`],
])('an %s is logged and ends the process, for its supervisor to start another', async (what, code) => {
  using api = await start({ SHUTDOWN_DELAY_MS: '20000' }, atSignal(code))
  expect(await api.ready()).toBe(200)
  api.program.kill('SIGUSR2')
  expect(await api.ended, written(api)).toEqual([1, null])
  expect(api.lines).toContainEqual(
    expect.objectContaining({ level: 60, msg: what, err: expect.objectContaining({ message: 'unforeseen' }) }),
  )
  expect(api.lines.at(-1)).toMatchObject({ msg: 'api stopped' })
})

/** The processes that listen, or listened. */
const listening = ({ lines }: { lines: { msg: string; pid: number }[] }) =>
  lines.flatMap(({ msg, pid }) => (msg === 'api listening' ? [pid] : []))

test('as many processes as asked share a port; one that is killed is followed by another, and all stop in order', async () => {
  using api = await start({ WEB_CONCURRENCY: '2' })
  await vi.waitFor(() => expect(new Set(listening(api)).size).toBe(2), soon)
  const [first = 0] = listening(api)
  expect(first).not.toBe(api.program.pid)
  process.kill(first, 'SIGKILL')
  await vi.waitFor(() => expect(new Set(listening(api)).size).toBe(3), soon)
  for (let n = 0; n < 4; n += 1) {
    const answer = await fetch(`${api.url}/health/ready`, { headers: { Connection: 'close' } })
    expect(answer.status).toBe(200)
  }
  api.program.kill('SIGTERM')
  expect(await api.ended, written(api)).toEqual([0, null])
  expect(api.lines.filter(({ msg }) => msg === 'api stopped')).toHaveLength(2)
})

test('a signal to all processes at once, as of a terminal, is one order', async () => {
  using api = await start({ WEB_CONCURRENCY: '2' })
  await vi.waitFor(() => expect(new Set(listening(api)).size).toBe(2), soon)
  for (const pid of [api.program.pid ?? 0, ...listening(api)]) process.kill(pid, 'SIGINT')
  expect(await api.ended, written(api)).toEqual([0, null])
  expect(api.lines.filter(({ msg }) => msg === 'api stopped')).toHaveLength(2)
})

test('processes that cannot run are not tried again', async () => {
  const program = spawn(process.execPath, ['src/main.ts'], {
    env: { ...process.env, ...shop.env, PORT: '1', HOST: '192.0.2.1', WEB_CONCURRENCY: '2' },
    stdio: 'ignore',
  })
  expect((await once(program, 'exit'))[0]).toBe(1)
})

test('what a caller may do in a minute is counted by all processes together', async () => {
  using api = await start({ WEB_CONCURRENCY: '2', LIMITS: 'guests-of-address=10', LIMITS_SCALE: '0.01' })
  await vi.waitFor(() => expect(new Set(listening(api)).size).toBe(2), soon)
  const token = newToken('bg')
  const call = async () => {
    const answer = await fetch(`${api.url}/trpc/category.list?input=${encodeURIComponent('{"json":{}}')}`, {
      headers: { 'Barrow-Guest': token, Connection: 'close' },
    })
    return answer.status
  }
  const codes: number[] = []
  for (let n = 0; n < 10; n += 1) {
    codes.push(await call())
    // Word of it is on its way so long.
    await sleep(250)
  }
  // A guest: one a minute and one more for once, of each of two processes twice as many.
  expect(codes.filter((code) => code === 200).length, written(api)).toBeLessThan(4)
})
