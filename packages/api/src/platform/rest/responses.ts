import { z } from 'zod'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { common } from '../errors.ts'
import { codeOf } from './codes.ts'
import { problemSchema } from './components.ts'
import { hasBody } from './input.ts'
import { internal, PROBLEM_TYPE, Problem, type Told } from './problem.ts'
import type { RestRoute } from './table.ts'

/** All that a route may answer: what it is for, and each code with the reasons behind it. */
export function responsesOf(route: RestRoute): ZodOpenApiResponsesObject {
  const byCode = Map.groupBy(reasonsOf(route), (reason) => codeOf(reason.kind === 'internal' ? undefined : reason))
  const refusals = [...byCode]
    .sort(([a], [b]) => a - b)
    .map(([code, reasons]) => [String(code), refusal(code, reasons)])
  return {
    ...successOf(route),
    ...Object.fromEntries(refusals),
    ...(hasBody(route) && { '413': unread('The body is too large.'), '415': unread('The body is not JSON.') }),
    default: { description: 'Any other refusal.', content: { [PROBLEM_TYPE]: { schema: Problem } } },
  }
}

function reasonsOf({ meta, type }: RestRoute): Set<Told> {
  const open = meta.access === 'public' || meta.access === 'shopper'
  return new Set<Told>([
    ...[common.badRequest, common.invalidInput, common.rateLimited, common.busy, internal],
    ...(open ? [] : [common.unauthenticated]),
    ...(open || meta.beforeMfa ? [] : [common.mfaEnrolmentRequired]),
    ...(meta.recentLogin ? [common.recentLoginRequired] : []),
    // A shopper's procedures turn staff away, and those that write turn away pages of other origins.
    ...(meta.access === 'public' && type === 'query' ? [] : [common.forbidden]),
    ...(type === 'mutation' ? [common.keyReused, common.inProgress] : []),
    ...(meta.keyRequired ? [common.keyRequired] : []),
    ...meta.errors,
  ])
}

function successOf({ status, meta, location }: RestRoute): ZodOpenApiResponsesObject {
  if (status === 204) return { '204': { description: 'Done.' } }
  const { output } = meta
  const description = status === 201 ? 'Made.' : status === 202 ? 'Accepted: the rest happens by mail.' : 'The answer.'
  const nullable = output instanceof z.ZodNullable
  const answer: ZodOpenApiResponseObject = {
    description,
    content: { 'application/json': { schema: nullable ? output.unwrap() : output } },
    ...(location && { headers: { Location: { description: 'Its address.', schema: { type: 'string' } } } }),
  }
  return { [`${status}`]: answer, ...(nullable && { '204': { description: 'There is none.' } }) }
}

function refusal(code: number, reasons: readonly Told[]): ZodOpenApiResponseObject {
  const [schema, ...others] = reasons.map(problemSchema)
  const wait =
    code === 429
      ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' as const } } } }
      : {}
  return {
    description: reasons.map(({ message }) => message).join(' '),
    content: {
      [PROBLEM_TYPE]: { schema: others.length === 0 && schema ? schema : z.union(reasons.map(problemSchema)) },
    },
    ...wait,
  }
}

const unread = (description: string): ZodOpenApiResponseObject => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: problemSchema(common.badRequest) } },
})
