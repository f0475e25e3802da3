import { Agent, request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A load balancer as small as can be: who is ready gets a request in turn. It never sends one twice. */
export interface RoundRobin extends AsyncDisposable {
  readonly url: string
  /** Has the process on this port take part as long as it says that it is ready. */
  add(port: number): void
  remove(port: number): void
  /** Waits until this many are ready. */
  ready(count: number): Promise<void>
}

const LOOK_MS = 50

export async function startRoundRobin(): Promise<RoundRobin> {
  const members = new Map<number, { ready: boolean; looking: Promise<void> }>()
  const agent = new Agent({ keepAlive: true })
  let turn = 0
  const server = createServer((request, response) => {
    const open = [...members].flatMap(([port, { ready }]) => (ready ? [port] : []))
    const port = open[turn++ % open.length]
    if (port === undefined) return void response.writeHead(502).end()
    const { method, url, headers } = request
    const onward = ask({ host: '127.0.0.1', port, method, path: url, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
    request.pipe(onward)
  })
  // Who calls keeps connections to the balancer, not to those behind it.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo

  /** Looks after one as long as it takes part. Each is asked by itself: one that is slow to answer keeps nobody waiting. */
  async function look(port: number): Promise<void> {
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/health/ready`, { headers: { Connection: 'close' } }).then(
        ({ ok }) => ok,
        () => false,
      )
    for (let member = members.get(port); member !== undefined; member = members.get(port)) {
      member.ready = await isReady()
      await sleep(LOOK_MS)
    }
  }
  return {
    url: `http://127.0.0.1:${port}`,
    add(port) {
      const member = { ready: false, looking: Promise.resolve() }
      members.set(port, member)
      member.looking = look(port)
    },
    remove: (port) => void members.delete(port),
    async ready(count) {
      while ([...members.values()].filter(({ ready }) => ready).length < count) await sleep(LOOK_MS)
    },
    async [Symbol.asyncDispose]() {
      const looking = [...members.values()].map((member) => member.looking)
      members.clear()
      await Promise.all(looking)
      const ended = new Promise((done) => server.close(done))
      server.closeAllConnections()
      agent.destroy()
      await ended
    },
  }
}
