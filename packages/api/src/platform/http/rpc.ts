import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyTRPCRouter } from '@trpc/server'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import { resolveResponse } from '@trpc/server/http'
import type { Context } from '../context.ts'
import { Fault } from '../errors.ts'
import { retryAfter } from '../rest/problem.ts'
import type { Admitted } from './admission.ts'
import type { AnswerKept } from './kept.ts'
import { type Answer, createSingles } from './single.ts'

export const MAX_BATCH = 10

/** The HTTP code that a call of a procedure by its name is refused with before anything reads it. */
export function refusalOf({ method, headers }: IncomingMessage, path: string): 400 | 405 | 415 | undefined {
  if (method !== 'GET' && method !== 'POST') return 405
  if (method === 'POST' && headers['content-type'] === undefined) return 415
  // Queries may batch; mutations travel one to a request, each under its own Idempotency-Key.
  // A comma may be written in several ways, since tRPC decodes once more.
  if (method === 'POST' && /,|%(25)*2c/i.test(path)) return 400
  return undefined
}

/** Answers the calls of a request, by the names of their procedures. */
export function createRpc(router: AnyTRPCRouter, answerKept: AnswerKept) {
  const singleOf = createSingles(router)

  return async (
    admitted: Admitted,
    { request, response, path }: { request: IncomingMessage; response: ServerResponse; path: string },
  ): Promise<void> => {
    const single = singleOf(request, path)
    const reading = { request, response, queries: path.split(',') }
    const outcome = await answerKept(admitted, reading, async (ctx) => {
      const answer = single === undefined ? await ofBatch(ctx) : await single(ctx, admitted.maxBody)
      return answer.status === 200 ? Buffer.from(answer.text) : { rest: answer }
    })
    if (outcome === 'answered') return
    if (outcome.made !== undefined) return send(response, outcome.made)
    if (single !== undefined) return send(response, await single(admitted.createContext(), admitted.maxBody))
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

    async function ofBatch(ctx: Context): Promise<Answer> {
      const answer = await resolveResponse({
        router,
        path,
        req: new Request(new URL(request.url ?? '/', 'http://localhost')),
        error: null,
        maxBatchSize: MAX_BATCH,
        createContext: async () => ctx,
      })
      return { status: answer.status, text: await answer.text(), retryAfter: undefined }
    }
  }
}

function send(response: ServerResponse, { status, text, retryAfter }: Answer): void {
  // The rest of a body that is too long is not read.
  if (status === 413) response.setHeader('Connection', 'close')
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter))
  // As tRPC's adapter says: a stream of answers has another form.
  response.setHeader('Vary', 'trpc-accept, accept')
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  })
  response.end(text)
}

function headersOf(errors: readonly { cause?: unknown }[]): Record<string, string> {
  const seconds = errors.flatMap(({ cause }) => retryAfter(cause instanceof Fault ? cause : undefined) ?? [])
  return seconds.length === 0 ? {} : { 'Retry-After': String(Math.max(...seconds)) }
}
