import { execFile, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startService } from './services.ts'
import { runProgram } from './test-programs/program.ts'

const run = promisify(execFile)
const cli = (...args: string[]) => run(process.execPath, [join(import.meta.dirname, 'services-cli.ts'), ...args])

/** One command, and the first line of the answer; undefined when nobody answers. */
function ask(url: string, command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(`${command}\r\n`))
    const finish = (answer: string | undefined) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(500, () => finish(undefined))
    socket.on('error', () => finish(undefined))
    socket.on('data', (answer) => finish(answer.toString().trim()))
  })
}

test('a server killed comes back on its port with what it stored, and empty when that is taken away', async () => {
  await using redis = await startService('redis')
  const url = redis.env.REDIS_URL
  expect(await ask(url, 'SET till 12')).toBe('+OK')

  await redis.kill()
  expect(await ask(url, 'PING')).toBeUndefined()
  await redis.up()
  expect(await ask(url, 'GET till')).toContain('12')

  await redis.wipe()
  await redis.up()
  expect(await ask(url, 'GET till')).toBe('$-1')
})

test('a paused server takes connections and answers nothing until it is resumed', async () => {
  await using redis = await startService('redis')
  await redis.pause()
  expect(await ask(redis.env.REDIS_URL, 'PING')).toBeUndefined()
  await redis.resume()
  expect(await ask(redis.env.REDIS_URL, 'PING')).toBe('+PONG')
})

test('a server ends with the process that started it, however that ends', async () => {
  const holder = runProgram('hold-service.ts', [])
  const url = await holder.first
  expect(await ask(url, 'PING')).toBe('+PONG')
  process.kill(holder.pid, 'SIGKILL')
  await expect.poll(() => ask(url, 'PING'), { timeout: 50_000 }).toBeUndefined()
})

test('servers started by hand outlive the command, and go with the process they are bound to', async () => {
  const home = join(tmpdir(), `barrow-services-${process.pid}`)
  const bound = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const folder = ['--home', home]
  await cli('up', 'redis', ...folder, '--port', '21000', '--while', String(bound.pid))
  const url = (await cli('env', ...folder)).stdout.match(/^export REDIS_URL='(.+)'$/m)?.[1] ?? ''
  expect(await ask(url, 'PING')).toBe('+PONG')

  bound.kill('SIGKILL')
  await expect.poll(() => ask(url, 'PING'), { timeout: 50_000 }).toBeUndefined()
  expect((await cli('env', ...folder)).stdout).toBe('')
})
