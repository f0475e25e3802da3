import type { Logger } from 'pino'
import type { NotifyingPaymentProvider } from '../../ports/payment-webhooks.ts'
import { type Account, current, lookUp } from './account.ts'
import { authorise } from './authorise.ts'
import { openStripe } from './client.ts'
import { refund } from './refund.ts'
import { capture, release } from './settle.ts'
import { createStripeWebhooks } from './webhooks.ts'

export interface StripePaymentsOptions {
  /** A secret or restricted key: `sk_…` or `rk_…`. */
  readonly secretKey: string
  /** The signing secrets of the webhook endpoint (`whsec_…`): two while one replaces the other. */
  readonly webhookSecrets: readonly string[]
  /** Where Stripe's API is: an origin. */
  readonly apiUrl: string
  /** Where the buyer's browser goes on after 3-D Secure; the order's number is added as `order`. */
  readonly returnUrl: string
  readonly log: Logger
  readonly now?: () => Date
}

/**
 * Takes cards through Stripe: PaymentIntents, captured by hand.
 *
 * Every request carries `<attempt id>:<operation>` as its idempotency key. Stripe forgets keys after a day, so what is
 * older is looked up before it is sent again. And it repeats its own failures under a key: an operation that failed so is
 * looked up, and sent under another key if it did not act.
 *
 * An amount that a card cannot carry exactly is declined or refused as `amount_not_chargeable`.
 */
export function createStripePayments(options: StripePaymentsOptions): NotifyingPaymentProvider {
  const { returnUrl, webhookSecrets, log, now = () => new Date() } = options
  const account: Account = { stripe: openStripe(options), log, now }
  return {
    name: 'stripe',
    authorise: (request) => authorise(account, request, returnUrl),
    capture: (attempt) => capture(account, attempt),
    void: (attempt) => release(account, attempt),
    refund: (request) => refund(account, request),
    lookUp: (attemptId, reference) => (reference ? current(account, reference) : lookUp(account, attemptId)),
    webhooks: createStripeWebhooks(webhookSecrets),
  }
}
