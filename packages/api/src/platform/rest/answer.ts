import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AnyTRPCRouter, callTRPCProcedure } from '@trpc/server'
import type { Context, Runtime } from '../context.ts'
import { faultOf } from '../error-shape.ts'
import { common, type Fault } from '../errors.ts'
import { type Authenticate, admit } from '../http/admission.ts'
import type { AnswerKept } from '../http/kept.ts'
import { refuse } from '../http/refuse.ts'
import { readInput } from './input.ts'
import { answerProblem, problemOf, retryAfter } from './problem.ts'
import { type Match, matchPath, routesOf } from './table.ts'

/** Where the resources begin. */
export const REST = '/rest/v1'

export interface RestSurface {
  /** The methods of a path, for preflights and `Allow`; undefined where there is nothing. */
  allowed(path: string): string | undefined
  answer(request: IncomingMessage, response: ServerResponse, requestId: string, path: string): Promise<void>
}

/**
 * The procedures as resources. `trpc-to-openapi` has a handler for this; it writes `coerce` into the schemas that RPC is
 * checked with, takes no input with alternatives or objects in a query, and has codes and an error shape of its own. What
 * is here goes through the same admission as RPC and calls the same procedures, checks and limits included.
 */
export function createRest(
  runtime: Runtime,
  router: AnyTRPCRouter,
  authenticate: Authenticate,
  answerKept: AnswerKept,
): RestSurface {
  const routes = routesOf(router)
  const find = (path: string) => matchPath(routes, path.slice(REST.length))

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    path: string,
  ): Promise<void> {
    const found = find(path)
    const match = found.get(request.method === 'HEAD' ? 'GET' : (request.method ?? ''))
    if (match === undefined) {
      response.setHeader('Allow', methodsOf(found))
      return refuse(request, response, requestId, common.badRequest(), 405)
    }
    const admitted = await admit(runtime, authenticate, { request, response, requestId })
    if ('fault' in admitted) return refuse(request, response, requestId, admitted.fault, admitted.status)
    const read = await readInput(request, match, admitted.maxBody)
    // What is still being sent is not read: the connection ends with the answer.
    if ('unreadable' in read) return refuse(request, response, requestId, common.badRequest(), read.unreadable)
    const signal = signalOf(response)
    const work = (ctx: Context) => call(match, ctx, read.input, signal)
    const reading = { request, response, queries: [match.route.procedure] }
    const outcome = await answerKept(admitted, reading, async (ctx) => {
      const rest = await work(ctx)
      return 'output' in rest && match.route.status === 200 ? bytesOf(rest.output) : { rest }
    })
    if (outcome === 'answered') return
    const called = outcome.made ?? (await work(admitted.createContext()))
    if ('output' in called) return send(request, response, match, called.output)
    const seconds = retryAfter(called.fault)
    if (seconds !== undefined) response.setHeader('Retry-After', String(seconds))
    answerProblem(request, response, problemOf(called.fault, requestId))
  }

  async function call(
    { route }: Match,
    ctx: Context,
    input: unknown,
    signal: AbortSignal,
  ): Promise<{ output: unknown } | { fault: Fault | undefined }> {
    try {
      const output: unknown = await callTRPCProcedure({
        router,
        path: route.procedure,
        type: route.type,
        ctx,
        getRawInput: async () => input,
        signal,
        batchIndex: 0,
      })
      return { output }
    } catch (error) {
      // The procedure has logged what it let out, and let nothing out that it does not declare.
      return { fault: faultOf(error) }
    }
  }

  return {
    answer,
    allowed: (path) => {
      const found = find(path)
      return found.size === 0 ? undefined : methodsOf(found)
    },
  }
}

const methodsOf = (found: ReadonlyMap<string, Match>): string =>
  [...found.keys(), ...(found.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')

/** Ends what reads for a caller who has gone. */
function signalOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

const bytesOf = (output: unknown): Buffer => Buffer.from(JSON.stringify(output))

function send(request: IncomingMessage, response: ServerResponse, { route }: Match, output: unknown): void {
  if (route.status === 204 || output === null || output === undefined) {
    response.writeHead(204).end()
    return
  }
  if (route.location !== undefined) response.setHeader('Location', REST + addressOf(route.location, output))
  const body = bytesOf(output)
  response.writeHead(route.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Fills a route's address with fields of the output, which the compiler has seen to be there. */
const addressOf = (location: string, output: unknown): string =>
  location.replaceAll(/\{(\w+)\}/g, (_, field: string) =>
    encodeURIComponent(String(Object.entries(Object(output)).find(([name]) => name === field)?.[1])),
  )
