import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { type AnyReason, common, type Fault, INTERNAL } from '../errors.ts'
import { codeOf } from './codes.ts'

/** What every refusal says under `/rest/v1` (RFC 9457), whatever refused. */
export const Problem = z.object({
  type: z.string(),
  /** For people; a program switches on `reason`. */
  title: z.string(),
  status: z.int(),
  reason: z.string(),
  details: z.unknown(),
  /** Quote it to the shop's operators: it names the call in their logs. */
  requestId: z.string(),
})
export type Problem = z.infer<typeof Problem>

export const PROBLEM_TYPE = 'application/problem+json'

const typeOf = (reason: string): string => `urn:barrow:problem:${reason}`

/** The shape of the problem that a reason makes. */
export const problemOfReason = ({ reason, kind, message, details }: Told) =>
  z.object({
    type: z.literal(typeOf(reason)),
    title: z.literal(message),
    // What cannot be read may be of a wrong method, size or type, each with its own code.
    status:
      reason === common.badRequest.reason
        ? z.int()
        : z.literal(kind === 'internal' ? codeOf(undefined) : codeOf({ kind, reason })),
    reason: z.literal(reason),
    details,
    requestId: z.string(),
  })

/** What an answer may say went wrong. */
export type Told = Pick<AnyReason, 'kind' | 'reason' | 'message' | 'details'> | typeof internal

/** The error of an answer that was not refused on purpose, as a reason. */
export const internal = { ...INTERNAL, kind: 'internal', details: z.strictObject({}) } as const

export function problemOf(fault: Fault | undefined, requestId: string, status = codeOf(fault)): Problem {
  const { reason, message } = fault ?? INTERNAL
  return { type: typeOf(reason), title: message, status, reason, details: fault?.details ?? {}, requestId }
}

/** Seconds until a caller who was too fast may try again (RFC 9110, 10.2.3). */
export function retryAfter(fault: Fault | undefined): number | undefined {
  if (fault?.reason !== common.rateLimited.reason) return undefined
  const details = common.rateLimited.details.safeParse(fault.details)
  return details.success ? details.data.retryAfterSeconds : undefined
}

export function answerProblem(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
  const body = Buffer.from(JSON.stringify(problem))
  // RFC 9110, 15.5.2: who is to sign in is told how.
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  response.writeHead(problem.status, {
    'Content-Type': `${PROBLEM_TYPE}; charset=utf-8`,
    'Content-Length': body.length,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
