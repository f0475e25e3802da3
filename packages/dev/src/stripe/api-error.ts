export interface ErrorBody {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  readonly message: string
  readonly code?: string | undefined
  readonly decline_code?: string | undefined
  readonly param?: string | undefined
  readonly charge?: string | undefined
  readonly payment_intent?: object | undefined
}

/** An answer that says no, in Stripe's shape. */
export class ApiError extends Error {
  readonly status: number
  readonly body: ErrorBody
  /** Whether the operation had begun: then the answer is kept under its idempotency key. */
  readonly begun: boolean

  constructor(status: number, body: ErrorBody, begun = false) {
    super(body.message)
    this.name = 'ApiError'
    this.status = status
    this.body = body
    this.begun = begun
  }
}

/** A parameter is wrong: nothing has begun. */
export const wrongParameter = (param: string, message: string, code?: string): ApiError =>
  new ApiError(400, { type: 'invalid_request_error', message, param, code })

export const missing = (what: string, id: string, param: string, status = 404): ApiError =>
  new ApiError(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param,
  })

/** The request is right and the intent is not in a state for it. */
export const unexpectedState = (message: string, intent: object): ApiError =>
  new ApiError(
    400,
    { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message, payment_intent: intent },
    true,
  )
