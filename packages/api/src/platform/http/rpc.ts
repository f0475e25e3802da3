import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyTRPCRouter } from '@trpc/server'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import { resolveResponse } from '@trpc/server/http'
import { Fault } from '../errors.ts'
import { retryAfter } from '../rest/problem.ts'
import type { Admitted } from './admission.ts'
import type { AnswerKept } from './kept.ts'

export const MAX_BATCH = 10

/** The HTTP code that a call of a procedure by its name is refused with before anything reads it. */
export function refusalOf({ method }: IncomingMessage, path: string): 400 | 405 | undefined {
  if (method !== 'GET' && method !== 'POST') return 405
  // Queries may batch; mutations travel one to a request, each under its own Idempotency-Key.
  if (method === 'POST' && /,|%2c/i.test(path)) return 400
  return undefined
}

/** Answers the calls of a request, by the names of their procedures. */
export async function answerRpc(
  router: AnyTRPCRouter,
  admitted: Admitted,
  answerKept: AnswerKept,
  { request, response, path }: { request: IncomingMessage; response: ServerResponse; path: string },
): Promise<void> {
  const queries = path.split(',')
  const outcome = await answerKept(admitted, { request, response, queries }, async (ctx) => {
    const rest = await resolveResponse({
      router,
      path,
      req: new Request(new URL(request.url ?? '/', 'http://localhost')),
      error: null,
      maxBatchSize: MAX_BATCH,
      createContext: async () => ctx,
    })
    return rest.status === 200 ? Buffer.from(await rest.arrayBuffer()) : { rest }
  })
  if (outcome === 'answered') return
  if (outcome.made !== undefined) {
    const { status, headers } = outcome.made
    response.writeHead(status, Object.fromEntries(headers)).end(await outcome.made.text())
    return
  }
  await nodeHTTPRequestHandler<AnyTRPCRouter, IncomingMessage, ServerResponse>({
    router,
    req: request,
    res: response,
    path,
    maxBodySize: admitted.maxBody,
    maxBatchSize: MAX_BATCH,
    // A query may come in a body: one with a token in it must not be an address.
    allowMethodOverride: true,
    createContext: async () => admitted.createContext(),
    responseMeta: ({ errors }) => ({ headers: headersOf(errors) }),
  })
}

function headersOf(errors: readonly { cause?: unknown }[]): Record<string, string> {
  const seconds = errors.flatMap(({ cause }) => retryAfter(cause instanceof Fault ? cause : undefined) ?? [])
  return seconds.length === 0 ? {} : { 'Retry-After': String(Math.max(...seconds)) }
}
