import { setTimeout as sleep } from 'node:timers/promises'
import type { Endpoint } from './api.ts'
import { ApiError } from './api-error.ts'
import type { Fault, Faults, Operation } from './faults.ts'
import { canonical, type Form } from './form.ts'
import type { Answer, Keys } from './idempotency.ts'
import { newId } from './intents.ts'

/** One request to the API as it came, and how it was answered. */
export interface Exchange {
  readonly operation: Operation
  readonly path: string
  readonly key: string | undefined
  /** Null when the connection was closed instead. */
  readonly status: number | null
  readonly replayed: boolean
}

export interface Call {
  readonly endpoint: Endpoint
  readonly path: string
  readonly id: string
  readonly form: Form
  readonly key: string | undefined
}

/** What leaves the server: an answer with its headers, or the end of the connection. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'drop' | 'reset' }

const json = (status: number, body: unknown): Answer => ({ status, body: JSON.stringify(body) })

/** Answers a request under its idempotency key, with the faults that strike it. */
export async function exchange(call: Call, { keys, faults }: { keys: Keys; faults: Faults }): Promise<Outcome> {
  const request = newId('req')
  const { endpoint, key } = call
  const struck = faults.onTheWay(endpoint.operation)
  const before = await suffer(struck, 'before')
  if (before !== undefined) return before
  const failed = struck.find(({ kind }) => kind === 'error')
  if (failed !== undefined) return answered(failure(failed), request)

  if (key === undefined) {
    const { answer } = carryOut(call, faults.inside(endpoint.operation))
    return (await suffer(struck, 'after')) ?? answered(answer, request)
  }
  const claim = keys.claim(key, `${endpoint.method} ${call.path} ${canonical(call.form)}`, request)
  if (claim.kind === 'in_use') return answered(inUse, request)
  if (claim.kind === 'other') return answered(otherParameters(key), request)
  if (claim.kind === 'replay') {
    const replay = { 'Idempotent-Replayed': 'true', 'Original-Request': claim.request }
    return (await suffer(struck, 'after')) ?? answered(claim.answer, request, { ...replay, 'Idempotency-Key': key })
  }
  const { answer, begun } = carryOut(call, faults.inside(endpoint.operation))
  const after = await suffer(struck, 'after')
  if (begun) keys.keep(key, answer)
  else keys.free(key)
  return after ?? answered(answer, request, { 'Idempotency-Key': key })
}

function carryOut({ endpoint, form, id }: Call, fault: Fault | undefined): { answer: Answer; begun: boolean } {
  if (fault?.when === 'before') return { answer: failure(fault), begun: true }
  try {
    const done = json(200, endpoint.answer(form, id))
    return { answer: fault === undefined ? done : failure(fault), begun: true }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { answer: json(error.status, { error: error.body }), begun: error.begun }
  }
}

/** Slowness, and the end of the connection. */
async function suffer(struck: readonly Fault[], when: Fault['when']): Promise<Outcome | undefined> {
  const now = struck.filter((fault) => fault.when === when)
  for (const { kind, delayMs } of now) if (kind === 'slow') await sleep(delayMs, undefined, { ref: false })
  if (now.some(({ kind }) => kind === 'reset')) return { kind: 'reset' }
  if (now.some(({ kind }) => kind === 'drop')) return { kind: 'drop' }
  return undefined
}

const answered = (answer: Answer, request: string, headers: Readonly<Record<string, string>> = {}): Outcome => ({
  kind: 'answer',
  answer,
  headers: { ...headers, 'Request-Id': request },
})

const failure = ({ status }: Fault): Answer =>
  json(status, {
    error:
      status === 429
        ? { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' }
        : { type: 'api_error', message: 'An unknown error occurred.' },
  })

const inUse = json(409, {
  error: {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: 'There is currently another in-progress request using this Idempotent Key.',
  },
})

const otherParameters = (key: string): Answer =>
  json(400, {
    error: {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    },
  })
