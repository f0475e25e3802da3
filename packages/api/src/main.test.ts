import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
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
  const lines: { msg: string; port?: number; err?: { message: string } }[] = []
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
