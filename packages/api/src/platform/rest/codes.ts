import { type AnyReason, common, type Fault, type Kind } from '../errors.ts'

/** The one table of errors and HTTP codes under `/rest/v1`: by an error's kind, but for the reasons that have their own. */
export const codesOfKinds = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limited: 429,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<Kind | 'internal', number>

export const codesOfReasons: Readonly<Record<string, number>> = {
  /** Where the request cannot be read at all; its method, type and size have codes of HTTP's own: 405, 413, 414, 415. */
  bad_request: 400,
  idempotency_key_required: 400,
}

/** The HTTP code of an error; of one that was not thrown on purpose when there is no fault. */
export const codeOf = (fault: Pick<Fault, 'kind' | 'reason'> | undefined): number =>
  fault === undefined ? codesOfKinds.internal : (codesOfReasons[fault.reason] ?? codesOfKinds[fault.kind])

/** What any call may be refused for, whatever its procedure declares. */
export const ofAnyCall: readonly AnyReason[] = Object.values(common)
