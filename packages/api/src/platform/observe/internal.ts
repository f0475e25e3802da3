import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Runtime } from '../context.ts'
import { healthRoutes } from '../http/health.ts'
import type { Health } from './health.ts'

export interface Internal extends AsyncDisposable {
  readonly port: number
}

/** Opens the port for operators, if there is to be one: the probes for anybody, the metrics for who knows the token. */
export async function openInternal(runtime: Runtime, health: Health): Promise<Internal | undefined> {
  const { internal } = runtime.config
  if (internal === undefined) return undefined
  const probes = healthRoutes(health)
  runtime.metrics.watchProcess()
  runtime.metrics.onGather(async () => void (await health.isReady()))
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8 * 1024 })
  server.maxConnections = 100
  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => {
      runtime.log.warn({ err: error }, 'metrics not gathered')
      if (response.headersSent) response.destroy()
      else say(response, 500)
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(response, 405, { Allow: 'GET, HEAD' })
    const path = (request.url ?? '').split('?', 1)[0]
    const probe = probes.find((probe) => probe.path === path)
    if (probe !== undefined) return void (await probe.answer(request, response, ''))
    if (path !== '/metrics') return say(response, 404)
    if (!mayRead(request, internal?.token)) return say(response, 401, { 'WWW-Authenticate': 'Bearer' })
    const text = await runtime.metrics.gather()
    const type = runtime.metrics.registry.contentType
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' })
    response.end(request.method === 'HEAD' ? undefined : text)
  }

  await new Promise<void>((listening, failed) => {
    // Processes that share the port of the API have one each here: what they count is their own.
    server.once('error', failed).listen({ port: internal.port, host: internal.host, exclusive: true }, listening)
  })
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  runtime.log.info({ port, host: internal.host }, 'internal port open')
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}

function say(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end()
}

function mayRead(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
