import Stripe from 'stripe'
import { z } from 'zod'
import type { PaymentWebhooks, WebhookDelivery, WebhookVerdict } from '../../ports/payment-webhooks.ts'
import { stateOf } from './states.ts'

const TOLERANCE_SECONDS = 300

/** The events that say where a payment stands. */
const told = new Set([
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
])

/** The events that say that a refund stands elsewhere than it was said to. */
const toldOfRefunds = new Set(['refund.updated', 'refund.failed'])

const Envelope = z.object({
  id: z.string().min(1).max(255),
  type: z.string().max(255),
  data: z.object({ object: z.looseObject({ metadata: z.record(z.string(), z.string()).nullish() }) }),
})

const Intent = z.object({
  id: z.string().min(1).max(255),
  status: z.string().max(100),
  last_payment_error: z.object({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish(),
  next_action: z.object({ redirect_to_url: z.object({ url: z.string().nullable() }).nullish() }).nullish(),
})

const unreadable: WebhookVerdict = { verdict: 'refused', reason: 'unreadable' }

/**
 * Reads Stripe's webhooks.
 *
 * @param secrets The signing secrets of the endpoint (`whsec_…`): two while one replaces the other.
 */
export function createStripeWebhooks(secrets: readonly string[]): PaymentWebhooks {
  return {
    signatureHeader: 'stripe-signature',
    verifyWebhook(delivery) {
      for (const secret of secrets) {
        const event = open(delivery, secret, TOLERANCE_SECONDS)
        if (event !== undefined) return verdictOn(event)
      }
      // No tolerance at all is Stripe's word for any age.
      const isGenuine = secrets.some((secret) => open(delivery, secret, 0) !== undefined)
      return { verdict: 'refused', reason: isGenuine ? 'stale' : 'forged' }
    },
  }
}

/** What a secret's owner wrote, `null` when it is no event, and undefined when it is somebody else's or too old. */
function open({ rawBody, signature, receivedAt }: WebhookDelivery, secret: string, tolerance: number): unknown {
  try {
    return Stripe.webhooks.constructEvent(rawBody, signature ?? '', secret, tolerance, undefined, receivedAt.getTime())
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return undefined
    return null
  }
}

function verdictOn(event: unknown): WebhookVerdict {
  const envelope = Envelope.safeParse(event)
  if (!envelope.success) return unreadable
  const { id, type, data } = envelope.data
  const { attempt: attemptId, refund: refundId } = data.object.metadata ?? {}
  if (toldOfRefunds.has(type) && attemptId !== undefined && refundId !== undefined)
    return { verdict: 'notice', notice: { id, attemptId, refundId } }
  if (!told.has(type) || attemptId === undefined) return { verdict: 'irrelevant' }
  const intent = Intent.safeParse(data.object)
  return intent.success ? { verdict: 'notice', notice: { id, attemptId, state: stateOf(intent.data) } } : unreadable
}
