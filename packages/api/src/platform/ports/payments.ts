import type { Money } from '../money.ts'

/** What the provider knows of one payment attempt. `reference` is the provider's own id for it. */
export type PaymentState =
  | { readonly status: 'authorised'; readonly reference: string }
  | { readonly status: 'captured'; readonly reference: string }
  | { readonly status: 'voided'; readonly reference: string }
  | { readonly status: 'declined'; readonly reference: string | null; readonly code: string }
  /** The buyer has to act (3-D Secure). `clientAction` is what their browser needs; it is no secret. */
  | { readonly status: 'needs_action'; readonly reference: string; readonly clientAction: { readonly url: string } }
  /** The provider does not know this attempt: nothing was authorised so far. */
  | { readonly status: 'absent' }
  /** No answer, or an answer that says nothing: ask again later. */
  | { readonly status: 'unknown' }

export interface PaymentAttemptRequest {
  /** Our id of the attempt; with the operation it is the provider's idempotency key. */
  readonly attemptId: string
  readonly money: Money
  /** What the buyer's browser got from the provider for their card. Never card data. */
  readonly method: string
  readonly orderNumber: string
}

export type RefundState =
  | { readonly status: 'refunded'; readonly reference: string }
  /** Also of one that was `refunded`: the buyer's bank may hand it back days later. */
  | { readonly status: 'refused'; readonly code: string }
  /** The provider has taken it on, and carries it out later: ask again. */
  | { readonly status: 'pending'; readonly reference: string }
  | { readonly status: 'unknown' }

/**
 * Takes and returns money. Every operation is idempotent under `<attempt id>:<operation>`: made twice, it acts once and
 * answers what is true now. Trouble of the network is `unknown`: it may have acted or not.
 */
export interface PaymentProvider {
  readonly name: string
  authorise(request: PaymentAttemptRequest): Promise<PaymentState>
  capture(attempt: { attemptId: string; reference: string; money: Money }): Promise<PaymentState>
  /**
   * Lets the money go. An attempt the provider does not know is closed too, so that an authorisation still on its way
   * cannot succeed afterwards. What is captured stays captured and is answered so: it takes a refund.
   */
  void(attempt: { attemptId: string; reference: string | null }): Promise<PaymentState>
  refund(refund: { refundId: string; attemptId: string; reference: string; money: Money }): Promise<RefundState>
  /** What became of an attempt: the way to resolve an unknown outcome. */
  lookUp(attemptId: string, reference?: string | null): Promise<PaymentState>
}
