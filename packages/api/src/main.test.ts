import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'

const shop = await testShop()

test('told to stop, the shop closes in order, though somebody keeps a connection open', async () => {
  const env = { ...process.env, ...shop.env, PORT: '0', LOG_LEVEL: 'info' }
  const program = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(program, 'exit')
  try {
    for await (const line of createInterface(program.stdout)) {
      const { port } = JSON.parse(line)
      if (port === undefined) continue
      // fetch keeps its connection for the next request.
      expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200)
      break
    }
    program.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  } finally {
    program.kill('SIGKILL')
  }
})
