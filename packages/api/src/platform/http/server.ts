import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AnyTRPCRouter } from '@trpc/server'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import type { Actor } from '../actor.ts'
import { type Context, createContext, type Runtime } from '../context.ts'
import { common, type Fault, INTERNAL } from '../errors.ts'
import { newRequestId } from '../ids.ts'
import { credentialsFor, type Presented, present } from './credentials.ts'
import { allowOrigin, answerPreflight, isForged } from './origins.ts'

const MAX_URL = 8 * 1024
const MAX_HEADERS = 16 * 1024
const MAX_BODY = 64 * 1024
const MAX_BATCH = 10
const RPC = '/trpc/'

/** A path of its own beside the procedures: health, media, pages of development. */
export interface Route {
  /** Matches the path exactly, or as a prefix when it ends in a slash. */
  readonly path: string
  readonly answer: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>
}

export interface HttpOptions {
  readonly router: AnyTRPCRouter
  /** Says who calls; every doubt is a guest. */
  readonly authenticate: (runtime: Runtime, presented: Presented) => Promise<Actor>
  readonly routes?: readonly Route[]
}

/** The shop over HTTP: procedures under `/trpc`, and the given routes. */
export function createHttp(runtime: Runtime, options: HttpOptions): Server {
  const { http } = runtime.config
  const server = createServer({
    maxHeaderSize: MAX_HEADERS,
    requestTimeout: 30_000,
    headersTimeout: 10_000,
    keepAliveTimeout: 65_000,
  })
  server.on('request', (request, response) => {
    const requestId = newRequestId()
    answer(request, response, requestId).catch((error: unknown) => {
      runtime.log.error({ err: error, requestId }, 'request failed')
      if (!response.headersSent) refuse(response, requestId, 500)
      else response.destroy()
    })
  })
  return server

  async function answer(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    secure(response)
    allowOrigin(request, response, http)
    const url = request.url ?? '/'
    if (url.length > MAX_URL) return refuse(response, requestId, 414, common.badRequest())
    if (request.method === 'OPTIONS') return answerPreflight(request, response, http)
    const path = url.split('?', 1)[0] ?? '/'
    if (path.startsWith(RPC)) return call(request, response, requestId, path.slice(RPC.length))
    const route = options.routes?.find((route) =>
      route.path.endsWith('/') ? path.startsWith(route.path) : path === route.path,
    )
    if (route === undefined) return refuse(response, requestId, 404, common.noSuchProcedure())
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, requestId, 405, common.badRequest())
    await route.answer(request, response, decodePath(path.slice(route.path.length)))
  }

  async function call(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    path: string,
  ): Promise<void> {
    const { method } = request
    if (method !== 'GET' && method !== 'POST') return refuse(response, requestId, 405, common.badRequest())
    // A form or plain text needs no preflight: another site's page could send it with the visitor's cookies.
    if (method === 'POST' && !/^application\/json(;|$)/i.test(request.headers['content-type'] ?? '')) {
      return refuse(response, requestId, 415, common.badRequest())
    }
    // Queries may batch; mutations travel one to a request, each under its own Idempotency-Key.
    if (method === 'POST' && path.includes(',')) return refuse(response, requestId, 400, common.badRequest())
    const presented = present(request, http)
    if (method === 'POST' && presented.cookies && isForged(request, http)) {
      return refuse(response, requestId, 403, common.forbidden())
    }
    response.setHeader('Cache-Control', 'no-store')
    await nodeHTTPRequestHandler<AnyTRPCRouter, IncomingMessage, ServerResponse>({
      router: options.router,
      req: request,
      res: response,
      path: decodePath(path),
      maxBodySize: MAX_BODY,
      maxBatchSize: MAX_BATCH,
      createContext: async (): Promise<Context> =>
        createContext(runtime, {
          actor: await options.authenticate(runtime, presented),
          requestId,
          idempotencyKey: idempotencyKey(request),
          credentials: credentialsFor(request, response, http),
        }),
    })
  }
}

const KEY = /^[\x21-\x7e]{8,255}$/

function idempotencyKey(request: IncomingMessage): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && KEY.test(key)) return key
  throw common.invalidInput({
    fields: [{ path: 'Idempotency-Key', message: 'must be 8 to 255 visible ASCII characters' }],
  })
}

function secure(response: ServerResponse): void {
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
  response.setHeader('X-Frame-Options', 'DENY')
  response.setHeader('Referrer-Policy', 'no-referrer')
}

/** An answer from outside the procedures, in the shape of theirs. */
function refuse(response: ServerResponse, requestId: string, status: number, fault?: Fault): void {
  const { message, reason } = fault ?? INTERNAL
  const body = {
    error: {
      json: {
        message,
        code: -32600,
        data: { kind: fault?.kind ?? 'internal', reason, details: {}, httpStatus: status, requestId },
      },
    },
  }
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' })
  response.end(JSON.stringify(body))
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}
