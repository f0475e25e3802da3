import type { IncomingMessage, ServerResponse } from 'node:http'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { toTRPCError } from '../error-shape.ts'
import { type Fault, INTERNAL } from '../errors.ts'
import { answerProblem, problemOf } from '../rest/problem.ts'

/**
 * An answer from outside the procedures, in the shape of theirs: of RPC, or of REST. The connection ends with it, since what the caller may
 * still be sending is not read.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  fault: Fault | undefined,
  status?: number,
): void {
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Connection', 'close')
  if (fault?.kind === 'unavailable') response.setHeader('Retry-After', '1')
  if (request.url?.startsWith('/rest/')) answerProblem(request, response, problemOf(fault, requestId, status))
  else answerRpcError(request, response, requestId, fault, status)
}

function answerRpcError(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  fault: Fault | undefined,
  status = fault === undefined ? 500 : getHTTPStatusCodeFromError(toTRPCError(fault)),
): void {
  const body = JSON.stringify(rpcError(fault, requestId, status))
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** What a refused call of a procedure says. */
export function rpcError(fault: Fault | undefined, requestId: string, status: number) {
  const { message, reason } = fault ?? INTERNAL
  const data = { kind: fault?.kind ?? 'internal', reason, details: fault?.details ?? {}, httpStatus: status, requestId }
  return { error: { json: { message, code: -32600, data } } }
}
