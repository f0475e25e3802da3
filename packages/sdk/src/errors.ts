import type { CommonShape, ErrorData, ErrorShape } from '@barrow/api/contract'
import { TRPCClientError, type TRPCPromise } from '@trpc/client'

/** How a call can fail without an answer: the shop was not reached, or the caller stopped waiting. */
type LocalShape = ErrorShape<'network', Record<string, never>> | ErrorShape<'aborted', Record<string, never>>

/** The broad sort of an error. `unavailable` is worth another try later, the others are not. */
export type ErrorKind = ErrorData['kind'] | 'aborted'

/**
 * What a failed call throws. `reason` says why, in the shop's words, and decides the type of `details`; `requestId` names
 * the call in the shop's logs, and is missing when there was no answer.
 */
export class BarrowError<R extends string = string, D = unknown> extends TRPCClientError<{
  errorShape: ErrorShape<R, D>
  transformer: true
}> {
  readonly kind: ErrorKind
  readonly reason: R
  readonly details: D
  readonly requestId: string | undefined

  constructor(told: Told<R, D>, options: { cause?: Error; result?: { error: ErrorShape<R, D> } } = {}) {
    super(told.message, options)
    // tRPC's constructor sets the prototype to its own class.
    Object.setPrototypeOf(this, new.target.prototype)
    this.name = 'BarrowError'
    this.kind = told.kind
    this.reason = told.reason
    this.details = told.details
    this.requestId = told.requestId
  }
}

interface Told<R, D> {
  message: string
  kind: ErrorKind
  reason: R
  details: D
  requestId?: string
}

type ErrorOfShape<Shape> = Shape extends ErrorShape<infer R, infer D> ? BarrowError<R, D> : never

/** What any call may fail with, beside what its procedure declares. */
export type CommonError = ErrorOfShape<CommonShape | LocalShape>
/** The reasons of {@link CommonError}. */
export type CommonReason = CommonError['reason']

/**
 * Everything a call can fail with, told apart by `reason`.
 *
 * @example
 * ```ts
 * import { createBarrow, type ErrorOf } from '@barrow/sdk'
 *
 * const barrow = createBarrow({ url: 'http://localhost:4000' })
 * type CategoryTrouble = ErrorOf<typeof barrow.category.get.query>
 * const told = (error: CategoryTrouble) => (error.reason === 'category_not_found' ? 'Gone.' : error.message)
 * ```
 */
export type ErrorOf<Call> = Call extends (...input: never) => TRPCPromise<unknown, infer Shape>
  ? ErrorOfShape<Shape | LocalShape>
  : never

/** `[data, undefined]` or `[undefined, error]`. */
export type Safe<Data, Shape> =
  | readonly [data: Data, error: undefined]
  | readonly [data: undefined, error: ErrorOfShape<Shape | LocalShape>]

/**
 * Waits for a call and hands its error back as a value, typed by the reasons the procedure declares.
 *
 * @example
 * ```ts
 * import { createBarrow, isCommonError, safe } from '@barrow/sdk'
 *
 * const barrow = createBarrow({ url: 'http://localhost:4000' })
 * const [category, error] = await safe(barrow.category.get.query({ slug: 'lamps' }))
 * if (error === undefined) console.log(category.name)
 * else if (isCommonError(error)) console.log('Try again later.', error.requestId)
 * else {
 *   switch (error.reason) {
 *     case 'category_not_found':
 *       console.log('There is no such category.')
 *       break
 *     default:
 *       error satisfies never // a reason that is missing above does not compile
 *   }
 * }
 * ```
 */
export async function safe<Data, Shape>(call: TRPCPromise<Data, Shape>): Promise<Safe<Data, Shape>> {
  try {
    return [await call, undefined]
  } catch (error) {
    // The procedure's declared shapes are what the server sends; they are types only, so there is nothing to check here.
    if (isBarrowError(error)) return [undefined, error as ErrorOfShape<Shape | LocalShape>]
    throw error
  }
}

/**
 * Whether something caught came from a call to the shop.
 *
 * @example
 * ```ts
 * import { createBarrow, isBarrowError } from '@barrow/sdk'
 *
 * const barrow = createBarrow({ url: 'http://localhost:4000' })
 * try {
 *   await barrow.category.get.query({ slug: 'lamps' })
 * } catch (error) {
 *   if (!isBarrowError(error)) throw error
 *   console.log(error.kind, error.reason, error.requestId)
 * }
 * ```
 */
export const isBarrowError = (error: unknown): error is BarrowError => error instanceof BarrowError

/** Every common reason, once: the compiler refuses a list that lacks one or names another. */
const commonReasons: Record<CommonReason, true> = {
  aborted: true,
  bad_request: true,
  busy: true,
  forbidden: true,
  idempotency_key_required: true,
  idempotency_key_reused: true,
  in_progress: true,
  internal: true,
  invalid_input: true,
  mfa_enrolment_required: true,
  network: true,
  no_such_procedure: true,
  rate_limited: true,
  recent_login_required: true,
  unauthenticated: true,
}

/** Whether an error is one that any call may have, rather than one its procedure declares. */
export const isCommonError = <E extends { readonly reason: string }>(
  error: E,
): error is Extract<E, { readonly reason: CommonReason }> => Object.hasOwn(commonReasons, error.reason)
