import type { TRPCDefaultErrorData, TRPCDefaultErrorShape } from '@trpc/server'
import { TRPCError } from '@trpc/server'
import { ZodError, type z } from 'zod'
import { type AnyReason, common, Fault, INTERNAL, type Kind } from './errors.ts'

/** What a failed call answers. Named interfaces: left inline they would be printed into every procedure's type. */
export interface ErrorData<R extends string = string, D = unknown> extends TRPCDefaultErrorData {
  kind: Kind | 'internal'
  reason: R
  details: D
  /** Quote it to the shop's operators: it names the call in their logs. */
  requestId: string
}
export interface ErrorShape<R extends string = string, D = unknown> extends TRPCDefaultErrorShape {
  data: ErrorData<R, D>
}

/** The shape of each reason in a union of them. */
export type ShapeOf<E> = E extends { reason: infer R extends string; details: { _zod: { output: infer D } } }
  ? ErrorShape<R, D>
  : never

/** A procedure's error formatter: does nothing at run time but give its declared reasons their types. */
export const declared =
  <const E extends readonly AnyReason[]>(_errors: E) =>
  (): ShapeOf<E[number]> | undefined =>
    undefined

// Inferred from a value on purpose: declarations then print plain shapes, and a client's types need no schemas to read them.
const _common = declared(Object.values(common))

/** What any procedure may answer. */
export type CommonShape = NonNullable<ReturnType<typeof _common>> | ErrorShape<'internal', Record<string, never>>

const codes = {
  invalid: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  limited: 'TOO_MANY_REQUESTS',
  unavailable: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<Kind, TRPCError['code']>

export const toTRPCError = (fault: Fault): TRPCError =>
  new TRPCError({ code: codes[fault.kind], message: fault.message, cause: fault })

const MAX_FIELDS = 20
const MAX_TEXT = 200
/** In bytes, as it is sent. */
const MAX_FIELDS_SIZE = 8 * 1024 - 512

const pathOf = (path: readonly PropertyKey[]): string => path.map((part) => String(part).slice(0, 100)).join('.')

/** As many of the complaints as an answer has room for: what is wrong may be as large as the input. */
function bounded(fields: readonly { path: string; message: string }[]) {
  let size = 0
  return fields
    .map(({ path, message }) => ({ path: path.slice(0, MAX_TEXT), message: message.slice(0, MAX_TEXT) }))
    .slice(0, MAX_FIELDS)
    .filter((field) => {
      size += Buffer.byteLength(JSON.stringify(field)) + 1
      return size <= MAX_FIELDS_SIZE
    })
}

/**
 * SQLSTATEs that say "not now": lock_timeout, statement_timeout, a transaction that stood still for too long, too many
 * connections, connection trouble, shutdown.
 */
const TRANSIENT = /^(55P03|57014|25P03|53...|08...|57P0.|40001|40P01)$/

/** What Node says of a database that is not there, or has gone in the middle of a call. */
const GONE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/

/** What pg and its pool say when no connection came free, or came about, in time, or one broke. They give no code. */
const NO_CONNECTION =
  /^(timeout e(xceeded when trying to connect|xpired$)|Connection terminated|Client (has encountered a connection error|was closed))/

/** Whether the database did not do something because it is away, busy or going down: worth another try later. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return TRANSIENT.test(code) || GONE.test(code) || NO_CONNECTION.test(error.message) || isAway(error.cause)
}

/** Of a value that fits none of several forms, what is wrong with it by the form that it fits best. */
function nearest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const [best = []] = issue.errors.toSorted((one, other) => one.length - other.length)
  return best.flatMap(nearest).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

/** The fault behind an error: itself if it was thrown on purpose, what it amounts to if a library threw it, else none. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error
  if (error instanceof ZodError) {
    const fields = error.issues
      .flatMap(nearest)
      .slice(0, MAX_FIELDS)
      .flatMap((issue) => {
        if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(issue.path), message: issue.message }]
        return issue.keys
          .slice(0, MAX_FIELDS)
          .map((key) => ({ path: pathOf([...issue.path, key]), message: 'is not a known field' }))
      })
    return common.invalidInput({ fields: bounded(fields) })
  }
  if (isAway(error)) return common.busy()
  if (!(error instanceof TRPCError)) return undefined
  switch (error.code) {
    case 'BAD_REQUEST':
      return faultOf(error.cause) ?? common.badRequest()
    case 'PARSE_ERROR':
    case 'METHOD_NOT_SUPPORTED':
    case 'UNSUPPORTED_MEDIA_TYPE':
    case 'PAYLOAD_TOO_LARGE':
      return common.badRequest()
    case 'NOT_FOUND':
      return faultOf(error.cause) ?? common.noSuchProcedure()
    default:
      return faultOf(error.cause)
  }
}

/** Fills the shape tRPC sends. What was not thrown on purpose is one fixed text, whatever it said. */
export function shapeError(shape: TRPCDefaultErrorShape, error: TRPCError, requestId: string): CommonShape {
  const fault = faultOf(error)
  // tRPC's own data without `stack`, which is sent only by mistake of configuration.
  const data = {
    code: shape.data.code,
    httpStatus: shape.data.httpStatus,
    ...(shape.data.path && { path: shape.data.path }),
  }
  if (fault === undefined) {
    return {
      code: shape.code,
      message: INTERNAL.message,
      data: { ...data, kind: 'internal', reason: INTERNAL.reason, details: {}, requestId },
    }
  }
  // The router's type lists the common reasons; each procedure's `.errors()` adds those it declares.
  return {
    code: shape.code,
    message: fault.message,
    data: { ...data, kind: fault.kind, reason: fault.reason, details: fault.details, requestId },
  } as CommonShape
}
