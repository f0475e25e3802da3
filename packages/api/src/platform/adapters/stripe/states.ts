import type { PaymentState, RefundState } from '../../ports/payments.ts'

/** What of a PaymentIntent says where a payment stands; the same in an answer of the API and in a webhook. */
export interface IntentFacts {
  readonly id: string
  readonly status: string
  readonly last_payment_error?:
    | { readonly code?: string | null | undefined; readonly decline_code?: string | null | undefined }
    | null
    | undefined
  readonly next_action?:
    | { readonly redirect_to_url?: { readonly url: string | null } | null | undefined }
    | null
    | undefined
}

export const unknown: PaymentState = { status: 'unknown' }

/** Where a payment stands. */
export function stateOf(intent: IntentFacts): PaymentState {
  const reference = intent.id
  switch (intent.status) {
    case 'requires_capture':
      return { status: 'authorised', reference }
    case 'succeeded':
      return { status: 'captured', reference }
    case 'canceled':
      return { status: 'voided', reference }
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url
      return url == null ? unknown : { status: 'needs_action', reference, clientAction: { url } }
    }
    case 'requires_payment_method': {
      const error = intent.last_payment_error
      // Without an error it is seen in the middle of its first confirmation.
      if (error == null) return unknown
      return { status: 'declined', reference, code: error.decline_code || error.code || 'declined' }
    }
    default:
      return unknown
  }
}

/** What of a refund says where it stands. */
export interface RefundFacts {
  readonly id: string
  readonly status: string | null
  readonly failure_reason?: string
}

/** Where a refund stands. */
export function refundStateOf({ id, status, failure_reason }: RefundFacts): RefundState {
  if (status === 'succeeded') return { status: 'refunded', reference: id }
  if (status === 'failed' || status === 'canceled') return { status: 'refused', code: failure_reason ?? status }
  return { status: 'pending', reference: id }
}
