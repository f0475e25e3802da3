import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '../config.ts'

const LOCALHOST = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/** Whether pages of this origin may call with their visitor's cookies. Exact matches only. */
export function isAllowed(origin: string, http: Config['http']): boolean {
  if (origin === http.publicUrl || http.corsOrigins.includes(origin)) return true
  return http.localhostAllowed && LOCALHOST.test(origin)
}

const OPENED = [
  'Access-Control-Allow-Credentials',
  'true',
  'Access-Control-Expose-Headers',
  'Barrow-Session, Barrow-Guest, Barrow-Device, Location, RateLimit, RateLimit-Policy, Retry-After',
]

/** What lets a page of an allowed origin read the answer: names and values in turns (Fetch standard, CORS protocol). */
export function originFields({ headers: { origin } }: IncomingMessage, http: Config['http']): readonly string[] {
  return origin === undefined || !isAllowed(origin, http) ? [] : ['Access-Control-Allow-Origin', origin, ...OPENED]
}

/** Lets allowed origins read answers, which say that they differ by origin. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, http: Config['http']): void {
  response.setHeader('Vary', 'Origin')
  const fields = originFields(request, http)
  for (let at = 0; at < fields.length; at += 2) response.setHeader(fields[at] ?? '', fields[at + 1] ?? '')
}

export function answerPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  http: Config['http'],
  methods = 'GET, POST',
): void {
  response.setHeader('Allow', methods)
  if (request.headers.origin !== undefined && isAllowed(request.headers.origin, http)) {
    response.setHeader('Access-Control-Allow-Methods', methods)
    response.setHeader(
      'Access-Control-Allow-Headers',
      'Content-Type, Authorization, Idempotency-Key, Barrow-Session, Barrow-Guest, Barrow-Device, Barrow-Order-Token, Last-Event-ID, trpc-accept, traceparent',
    )
    response.setHeader('Access-Control-Max-Age', '600')
  }
  response.writeHead(204).end()
}

/**
 * A request that a browser sends with cookies must say that it comes from a page we know: by `Origin`, or where that is
 * missing by `Sec-Fetch-Site`. One that says neither is refused.
 */
export function isForged(request: IncomingMessage, http: Config['http']): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined) return !isAllowed(origin, http)
  return site !== 'same-origin'
}
