import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AnyTRPCRouter } from '@trpc/server'
import type { Runtime } from '../context.ts'
import { faultOf } from '../error-shape.ts'
import { common } from '../errors.ts'
import { createHealth, type Health } from '../observe/health.ts'
import { requestIdOf, traced } from '../observe/request.ts'
import { createRest, REST } from '../rest/answer.ts'
import { type Authenticate, admit } from './admission.ts'
import { answersAtHand } from './at-hand.ts'
import { healthRoutes } from './health.ts'
import { keptAnswers } from './kept.ts'
import { answerTheRest } from './last-words.ts'
import { allowOrigin, answerPreflight } from './origins.ts'
import { isStream, limitPerAddress, watchPressure } from './pressure.ts'
import { refuse } from './refuse.ts'
import type { Route } from './route.ts'
import { createRpc, refusalOf } from './rpc.ts'
import { answersWith, securityHeaders } from './security-headers.ts'
import { followRequests } from './under-way.ts'
import { sparing } from './unknown-tokens.ts'

const MAX_URL = 8 * 1024
const MAX_HEADERS = 16 * 1024
const MAX_HEADER_COUNT = 100
const RPC = '/trpc/'
const HEALTH = '/health/'
/** What is under way when the server closes has this long to finish. */
const GRACE_MS = 20_000

export interface HttpOptions {
  readonly router: AnyTRPCRouter
  readonly authenticate: Authenticate
  readonly health?: Health
  readonly routes?: readonly Route[]
}

export interface HttpServer extends AsyncDisposable {
  /** Starts to answer; port 0 takes a free one. The port taken comes back. */
  listen(port: number, host: string): Promise<number>
  /** Takes no more calls, ends streams and idle connections, and lets what is under way finish. */
  close(): Promise<void>
}

/** The shop over HTTP: procedures under `/trpc`, `/health/*`, and the given routes. */
export function createHttp(runtime: Runtime, options: HttpOptions): HttpServer {
  const { http } = runtime.config
  const health = options.health ?? createHealth(runtime)
  let closing = false
  const routes = [...healthRoutes(health), ...(options.routes ?? [])]
  const headers = securityHeaders(http)
  const answerKept = keptAnswers(runtime, options.router)
  const answerRpc = createRpc(options.router, answerKept)
  const authenticate = sparing(options.authenticate)
  const rest = createRest(runtime, options.router, authenticate, answerKept)
  const answerAtHand = answersAtHand(runtime, options.router, headers)
  const server = createServer({
    ServerResponse: answersWith(headers),
    maxHeaderSize: MAX_HEADERS,
    requestTimeout: 30_000,
    headersTimeout: 10_000,
    // How exactly the two above are kept.
    connectionsCheckingInterval: 1_000,
    // Longer than what stands before the API keeps its connections: nobody sends into one that is just being closed.
    keepAliveTimeout: 65_000,
  })
  server.maxConnections = http.maxConnections
  server.maxHeadersCount = MAX_HEADER_COUNT
  // Somebody who reads nothing of an answer for so long: a stream is written to every 15 seconds.
  server.timeout = 60_000
  limitPerAddress(server, http)
  const { open, begin, hasAnswer } = followRequests(runtime.metrics, () => {
    // Its connection is kept alive until the end of this turn of the event loop, and is idle after it.
    if (closing) setImmediate(() => server.closeIdleConnections())
  })
  answerTheRest(server, headers, hasAnswer)
  const pressure = watchPressure(open, http)
  server.on('request', (request, response) => {
    const requestId = requestIdOf(request)
    begin(request, response)
    try {
      if (!health.draining && !pressure.isTooHigh() && answerAtHand(request, response, requestId)) return
    } catch (error) {
      return fail(request, response, requestId, error)
    }
    response.setHeader('X-Request-Id', requestId)
    traced(runtime, request, response, () => answer(request, response, requestId)).catch((error: unknown) => {
      fail(request, response, requestId, error)
    })
  })

  function fail(request: IncomingMessage, response: ServerResponse, requestId: string, error: unknown): void {
    // Who asked has gone: nobody is left to tell, and nothing is wrong.
    if (response.destroyed) return
    const fault = faultOf(error)
    if (fault === undefined) runtime.log.error({ err: error, requestId }, 'request failed')
    else if (fault.kind === 'unavailable') runtime.log.warn({ err: error, requestId }, 'request put off')
    if (response.headersSent) response.destroy()
    else refuse(request, response, requestId, fault)
  }

  async function close(): Promise<void> {
    closing = true
    health.drain()
    const closed = new Promise((done) => server.close(done))
    for (const response of open) {
      if (isStream(response)) endStream(response)
    }
    const patience = setTimeout(() => server.closeAllConnections(), GRACE_MS)
    await closed
    clearTimeout(patience)
    pressure[Symbol.dispose]()
  }

  return {
    listen: (port, host) =>
      new Promise((listening, failed) => {
        // A server that listens on a port has an address of this form.
        server.once('error', failed).listen(port, host, () => listening((server.address() as AddressInfo).port))
      }),
    close,
    [Symbol.asyncDispose]: close,
  }

  async function answer(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const url = request.url ?? '/'
    const path = url.split('?', 1)[0] ?? '/'
    const route = routes.find((route) => (route.path.endsWith('/') ? path.startsWith(route.path) : path === route.path))
    const forPages = route?.methods === undefined
    if (forPages) allowOrigin(request, response, http)
    if (health.draining) response.setHeader('Connection', 'close')
    if (url.length > MAX_URL) return refuse(request, response, requestId, common.badRequest(), 414)
    if (request.method === 'TRACE') {
      response.setHeader('Allow', 'GET, POST')
      return refuse(request, response, requestId, common.badRequest(), 405)
    }
    // Whoever asks whether it lives is answered all the same, or a busy process would be taken for a dead one.
    if (!path.startsWith(HEALTH) && pressure.isTooHigh()) return refuse(request, response, requestId, common.busy())
    const resource = route === undefined && path.startsWith(`${REST}/`) ? rest.allowed(path) : undefined
    if (request.method === 'OPTIONS' && forPages) return answerPreflight(request, response, http, resource)
    if (resource !== undefined) return rest.answer(request, response, requestId, path)
    if (path.startsWith(RPC)) return call(request, response, requestId, path.slice(RPC.length))
    if (route === undefined) return refuse(request, response, requestId, common.noSuchProcedure())
    const { methods = ['GET', 'HEAD'] } = route
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('Allow', methods.join(', '))
      return refuse(request, response, requestId, common.badRequest(), 405)
    }
    const answered = await route.answer(request, response, decodePath(path.slice(route.path.length)))
    if (!answered) refuse(request, response, requestId, common.noSuchProcedure())
  }

  async function call(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    path: string,
  ): Promise<void> {
    const status = refusalOf(request, path)
    if (status === 405) response.setHeader('Allow', 'GET, POST')
    if (status !== undefined) return refuse(request, response, requestId, common.badRequest(), status)
    const admitted = await admit(runtime, authenticate, { request, response, requestId })
    if ('fault' in admitted) return refuse(request, response, requestId, admitted.fault, admitted.status)
    await answerRpc(admitted, { request, response, path: decodePath(path) })
  }
}

/**
 * A stream has no end of its own. Its reader is told to come back soon, though not all readers at once, and finds another
 * instance (HTML standard, 9.2.6). It is cut off then: what is ended in order goes on being produced.
 */
function endStream(response: ServerResponse): void {
  response.write(`\n\nretry: ${500 + Math.floor(Math.random() * 1_500)}\n\n`, () => response.destroy())
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}
