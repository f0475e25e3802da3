import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

/** A program that ends in order, were it not for `forever`; a hundredth of the time is enough for it. */
const program = (what: string) => `
  const wait = globalThis.setTimeout
  globalThis.setTimeout = (call, ms, ...given) => wait(call, ms / 100, ...given)
  const { createLog } = await import('${new URL('./logging.ts', import.meta.url)}')
  const { awaitEnd } = await import('${new URL('./lifecycle.ts', import.meta.url)}')
  const log = createLog({ logLevel: 'info' }, 'test')
  const ended = awaitEnd(log)
  const forever = setInterval(() => {}, 3_600_000)
  log.info('up')
  ${what}
`

async function run(what: string, signals: readonly NodeJS.Signals[]) {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program(what)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const lines: Record<string, unknown>[] = []
  const left = [...signals]
  for await (const line of createInterface(child.stdout)) {
    lines.push(JSON.parse(line))
    const signal = left.shift()
    if (signal !== undefined) child.kill(signal)
  }
  const [code] = await exit
  return { code, lines: lines.map(({ msg, ms, signal }) => ({ msg, ms: ms ?? signal })) }
}

test('a stop that hangs is broken off after half a minute, with the status of a failure', async () => {
  expect(await run('await ended', ['SIGTERM'])).toEqual({
    code: 1,
    lines: [
      { msg: 'up', ms: undefined },
      { msg: 'stopping', ms: 'SIGTERM' },
      { msg: 'did not stop in time', ms: 30_000 },
    ],
  })
})

test('a stop in order ends with 0, and waits for nothing', async () => {
  expect(await run('await ended; clearInterval(forever)', ['SIGINT'])).toMatchObject({ code: 0 })
})

test('what is told to stop twice ends at once', async () => {
  const { code, lines } = await run('await ended', ['SIGTERM', 'SIGINT'])
  expect([code, lines.at(-1)?.msg]).toEqual([130, 'stopping'])
})

test('after an error that nobody caught, what is under way has five seconds', async () => {
  const { code, lines } = await run(`setTimeout(() => { throw new Error('unforeseen') }, 0); await ended`, [])
  expect([code, lines.at(-1)]).toEqual([1, { msg: 'did not stop in time', ms: 5_000 }])
})
