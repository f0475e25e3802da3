import { ApiError, wrongParameter } from './api-error.ts'
import { cards } from './cards.ts'
import type { Clock } from './clock.ts'
import { type Intent, type Intents, newId } from './intents.ts'

/** A refund as Stripe shows it. */
export interface Refund {
  readonly id: string
  readonly object: 'refund'
  readonly amount: number
  readonly charge: string | null
  readonly created: number
  readonly currency: string
  readonly metadata: Readonly<Record<string, string>>
  readonly payment_intent: string
  readonly reason: null
  status: 'pending' | 'succeeded' | 'failed'
  failure_reason?: string
}

interface RefundsOptions {
  readonly clock: Clock
  readonly intents: Intents
  readonly emit: (type: string, object: object) => void
}

export function createRefunds({ clock, intents, emit }: RefundsOptions) {
  const refunds = new Map<string, Refund>()

  const ofIntent = (intentId: string): Refund[] =>
    [...refunds.values()].filter((refund) => refund.payment_intent === intentId).reverse()

  const leftOf = (intent: Intent): number =>
    ofIntent(intent.id).reduce(
      (left, { status, amount }) => (status === 'failed' ? left : left - amount),
      intent.amount_received,
    )

  return {
    /** Gives back a part of what was taken, or all that is left. */
    create(intent: Intent, asked: number | undefined, metadata: Readonly<Record<string, string>>): Refund {
      if (intent.status !== 'succeeded') {
        const message = `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`
        throw wrongParameter('payment_intent', message)
      }
      const left = leftOf(intent)
      if (left === 0) {
        const message = `Charge ${intent.latest_charge} has already been refunded.`
        throw new ApiError(400, { type: 'invalid_request_error', code: 'charge_already_refunded', message }, true)
      }
      const amount = asked ?? left
      if (amount > left) {
        throw wrongParameter(
          'amount',
          `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
        )
      }
      const refund: Refund = {
        id: newId('re'),
        object: 'refund',
        amount,
        charge: intent.latest_charge,
        created: clock.seconds(),
        currency: intent.currency,
        metadata,
        payment_intent: intent.id,
        reason: null,
        status: cards[intent.payment_method ?? '']?.refunds === 'pending' ? 'pending' : 'succeeded',
      }
      refunds.set(refund.id, refund)
      intents.book('refunded', intent, amount, metadata.refund ?? null)
      emit('refund.created', refund)
      return refund
    },
    /** What the bank does later with refunds to the cards that are slow or closed. */
    settle(): void {
      for (const refund of refunds.values()) {
        const intent = intents.get(refund.payment_intent)
        const fate = cards[intent?.payment_method ?? '']?.refunds
        if (intent === undefined || fate === undefined) continue
        if (fate === 'pending' && refund.status === 'pending') {
          refund.status = 'succeeded'
          emit('refund.updated', refund)
        }
        if (fate === 'failing' && refund.status === 'succeeded') {
          refund.status = 'failed'
          refund.failure_reason = 'expired_or_canceled_card'
          intents.book('refund_failed', intent, refund.amount, refund.metadata.refund ?? null)
          emit('refund.failed', refund)
        }
      }
    },
    get: (id: string): Refund | undefined => refunds.get(id),
    /** Newest first. */
    ofIntent,
  }
}

export type Refunds = ReturnType<typeof createRefunds>
