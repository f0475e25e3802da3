import { createServer, type Server } from 'node:net'
import { expect, it } from 'vitest'
import { freePort } from './free-port.ts'

const listening = (port: number) =>
  new Promise<Server>((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

it('a taken port gives way to the next free one', async () => {
  const first = await freePort(0)
  const squatter = await listening(first)
  const next = await freePort(first)
  expect(next).toBeGreaterThan(first)
  const second = await listening(next)
  expect(await freePort(first)).toBeGreaterThan(next)
  squatter.close()
  second.close()
})

it('an address that is not of this machine is an error, not a hundred taken ports', async () => {
  await expect(freePort(4000, '192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL')
})
