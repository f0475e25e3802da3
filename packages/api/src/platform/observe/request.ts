import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Runtime } from '../context.ts'
import { newRequestId } from '../ids.ts'
import { noTracing } from '../ports/tracing.ts'

/** What a proxy may call a request: it ends up in logs, audit rows and answers. */
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{15,63}$/

/** The name of a request: the one it came with if it is fit to be written down, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newRequestId()
}

/** Answers a request inside a span, a child of the caller's if it names one. Its address is not part of it: it may hold anything. */
export function traced(
  { tracing }: Pick<Runtime, 'tracing'>,
  request: IncomingMessage,
  response: ServerResponse,
  answer: () => Promise<void>,
): Promise<void> {
  if (tracing === noTracing) return answer()
  const { traceparent } = request.headers
  const method = METHODS.has(request.method ?? '') ? request.method : 'other'
  const place = /^\/(trpc|rest|media|health|payments)\b/.exec(request.url ?? '')?.[0] ?? ''
  const parent = typeof traceparent === 'string' ? traceparent : undefined
  const attributes = { 'http.request.method': method }
  return tracing.within(`${method} ${place}`.trim(), { kind: 'server', parent, attributes }, async (span) => {
    await answer()
    span.set({ 'http.response.status_code': response.statusCode })
    if (response.statusCode >= 500) span.end(String(response.statusCode))
  })
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
