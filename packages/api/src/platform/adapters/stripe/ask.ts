import type { Logger } from 'pino'
import Stripe from 'stripe'

/** What came of one request to Stripe. */
export type Answer<T> =
  /** `replayed`: the stored answer to an earlier request with the same key. It says what was true then. */
  | { readonly kind: 'done'; readonly value: T; readonly replayed: boolean }
  /** The card's bank said no; Stripe made the intent nevertheless. */
  | { readonly kind: 'declined'; readonly code: string; readonly intent: string | null }
  /** The request cannot be carried out as it is, or not in the state things are in. */
  | { readonly kind: 'refused'; readonly code: string }
  /** The key was used for something else. */
  | { readonly kind: 'key_reused' }
  /** Stripe failed at an earlier request with this key, and repeats that for a day: it acted then, or never will. */
  | { readonly kind: 'failed_before'; readonly request: string }
  /** No answer, or one that says nothing about what happened. */
  | { readonly kind: 'silent' }

/** Sends one request and says what came of it. Trouble of the network or at Stripe is an answer, not an exception. */
export async function ask<T>(log: Logger, operation: string, send: () => Promise<T>): Promise<Answer<T>> {
  try {
    const value = await send()
    return { kind: 'done', value, replayed: headerOf(value, 'idempotent-replayed') === 'true' }
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error
    const answer = answerOf<T>(error)
    if (answer.kind !== 'declined') {
      const { type, code, statusCode, requestId } = error
      // No message: it may quote what the buyer sent.
      log.warn({ operation, answer: answer.kind, type, code, statusCode, stripeRequest: requestId }, 'stripe said no')
    }
    return answer
  }
}

function answerOf<T>(error: Stripe.errors.StripeError): Answer<T> {
  if (error instanceof Stripe.errors.StripeCardError) {
    const code = error.decline_code || error.code || 'declined'
    return { kind: 'declined', code, intent: error.payment_intent?.id ?? null }
  }
  if (error instanceof Stripe.errors.StripeIdempotencyError) return { kind: 'key_reused' }
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    return { kind: 'refused', code: error.code ?? 'invalid_request' }
  }
  const request = error.headers?.['original-request']
  if (error.headers?.['idempotent-replayed'] === 'true' && request !== undefined && (error.statusCode ?? 0) >= 500) {
    return { kind: 'failed_before', request }
  }
  return { kind: 'silent' }
}

function headerOf(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null || !('lastResponse' in value)) return null
  const response = value.lastResponse
  // With the fetch client this is the platform's Response, other than the library's types say.
  return response instanceof Response ? response.headers.get(name) : null
}
