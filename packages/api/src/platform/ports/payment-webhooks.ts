import type { PaymentProvider, PaymentState } from './payments.ts'

/** What a provider tells by itself about a payment attempt. */
export interface PaymentNotice {
  /** The provider's id of the notice: what comes twice has the same. */
  readonly id: string
  readonly attemptId: string
  /**
   * Where the payment stood when the notice was written. Notices come late, twice and in any order: ask the provider
   * before acting on one.
   */
  readonly state: PaymentState
}

/** What a provider tells by itself about a refund: ask the provider where it stands. */
export interface RefundNotice {
  readonly id: string
  readonly attemptId: string
  readonly refundId: string
}

export type Notice = PaymentNotice | RefundNotice

export interface WebhookDelivery {
  /** The bytes as they came: what is signed is not what a parser makes of them. */
  readonly rawBody: Uint8Array
  /** The value of {@link PaymentWebhooks.signatureHeader}. */
  readonly signature: string | undefined
  /** By the database's clock. */
  readonly receivedAt: Date
}

export type WebhookVerdict =
  | { readonly verdict: 'notice'; readonly notice: Notice }
  /** Genuine, and not about a payment attempt or a refund of this shop: nothing to do, and nothing to send again. */
  | { readonly verdict: 'irrelevant' }
  /** `stale`: genuine, but signed more than 300 seconds before it came. `unreadable`: genuine, but not understood. */
  | { readonly verdict: 'refused'; readonly reason: 'forged' | 'stale' | 'unreadable' }

/** How a provider's own messages are told from anybody else's. */
export interface PaymentWebhooks {
  /** The header of a delivery that carries its signature, in lower case. */
  readonly signatureHeader: string
  verifyWebhook(delivery: WebhookDelivery): WebhookVerdict
}

/** A provider that tells by itself what becomes of a payment. */
export interface NotifyingPaymentProvider extends PaymentProvider {
  readonly webhooks: PaymentWebhooks
}

/** Whether a provider sends webhooks. */
export const sendsWebhooks = (provider: PaymentProvider): provider is NotifyingPaymentProvider => 'webhooks' in provider
