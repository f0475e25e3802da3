import { randomBytes } from 'node:crypto'
import { unexpectedState } from './api-error.ts'
import { type Card, cards } from './cards.ts'
import type { Clock } from './clock.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'

/** A PaymentIntent as Stripe shows it, without what a card payment leaves empty. */
export interface Intent {
  readonly id: string
  readonly object: 'payment_intent'
  readonly amount: number
  readonly currency: string
  readonly created: number
  readonly capture_method: 'manual' | 'automatic_async'
  readonly client_secret: string
  readonly description: string | null
  readonly livemode: false
  readonly metadata: Readonly<Record<string, string>>
  readonly payment_method_types: readonly string[]
  amount_capturable: number
  amount_received: number
  canceled_at: number | null
  cancellation_reason: string | null
  last_payment_error: PaymentError | null
  latest_charge: string | null
  next_action: { type: 'redirect_to_url'; redirect_to_url: { url: string; return_url: string } } | null
  payment_method: string | null
  status: 'requires_payment_method' | 'requires_action' | 'requires_capture' | 'succeeded' | 'canceled'
}

interface PaymentError {
  readonly type: 'card_error'
  readonly code: string
  readonly decline_code?: string | undefined
  readonly message: string
  readonly charge?: string | undefined
}

export interface NewIntent {
  readonly amount: number
  readonly currency: string
  readonly captureMethod: Intent['capture_method']
  readonly description: string | null
  readonly metadata: Readonly<Record<string, string>>
}

export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`

interface IntentsOptions {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly emit: (type: string, object: object) => void
  /** Where the buyer of an intent meets their bank. */
  readonly bankUrl: (intentId: string) => string
}

/** The payments of the server, and every way they may go. */
export function createIntents({ clock, ledger, emit, bankUrl }: IntentsOptions) {
  const intents = new Map<string, Intent>()

  const book = (kind: LedgerEntry['kind'], intent: Intent, amount: number, refund: string | null = null): void =>
    ledger.record({
      kind,
      intent: intent.id,
      attempt: intent.metadata.attempt ?? null,
      order: intent.metadata.order ?? null,
      refund,
      amount,
      currency: intent.currency,
    })

  const tell = (type: string, intent: Intent): void => emit(`payment_intent.${type}`, intent)

  /** The bank's answer, once the buyer has done what they must. */
  function charge(intent: Intent, card: Card): void {
    intent.next_action = null
    intent.latest_charge = newId('ch')
    if (card.declined !== undefined) {
      const { code, declineCode } = card.declined
      fail(intent, {
        type: 'card_error',
        code,
        decline_code: declineCode,
        message: 'Your card was declined.',
        charge: intent.latest_charge,
      })
      return
    }
    book('authorised', intent, intent.amount)
    intent.status = 'requires_capture'
    intent.amount_capturable = intent.amount
    if (intent.capture_method === 'manual') tell('amount_capturable_updated', intent)
    else take(intent, intent.amount)
  }

  function fail(intent: Intent, error: PaymentError): void {
    book('declined', intent, intent.amount)
    intent.status = 'requires_payment_method'
    intent.payment_method = null
    intent.next_action = null
    intent.last_payment_error = error
    tell('payment_failed', intent)
  }

  function take(intent: Intent, amount: number): void {
    book('captured', intent, amount)
    if (amount < intent.amount_capturable) book('voided', intent, intent.amount_capturable - amount)
    intent.status = 'succeeded'
    intent.amount_received = amount
    intent.amount_capturable = 0
    tell('succeeded', intent)
  }

  return {
    book,
    create(given: NewIntent): Intent {
      const id = newId('pi')
      const intent: Intent = {
        id,
        object: 'payment_intent',
        amount: given.amount,
        amount_capturable: 0,
        amount_received: 0,
        canceled_at: null,
        cancellation_reason: null,
        capture_method: given.captureMethod,
        client_secret: `${id}_secret_${randomBytes(12).toString('hex')}`,
        created: clock.seconds(),
        currency: given.currency,
        description: given.description,
        last_payment_error: null,
        latest_charge: null,
        livemode: false,
        metadata: given.metadata,
        next_action: null,
        payment_method: null,
        payment_method_types: ['card'],
        status: 'requires_payment_method',
      }
      intents.set(id, intent)
      tell('created', intent)
      return intent
    },
    confirm(intent: Intent, method: string, returnUrl: string): void {
      if (intent.status !== 'requires_payment_method') {
        throw unexpectedState(
          `You cannot confirm this PaymentIntent because it has a status of ${intent.status}.`,
          intent,
        )
      }
      intent.last_payment_error = null
      intent.payment_method = method
      const card = cards[method] ?? {}
      if (!card.asksBuyer) {
        charge(intent, card)
        return
      }
      intent.status = 'requires_action'
      intent.next_action = {
        type: 'redirect_to_url',
        redirect_to_url: { url: bankUrl(intent.id), return_url: returnUrl },
      }
      tell('requires_action', intent)
    },
    /** What the buyer does at their bank. */
    act(intent: Intent, outcome: 'authorised' | 'declined'): void {
      if (intent.status !== 'requires_action') {
        throw unexpectedState(`This PaymentIntent has a status of ${intent.status}.`, intent)
      }
      if (outcome === 'authorised') {
        charge(intent, cards[intent.payment_method ?? ''] ?? {})
        return
      }
      fail(intent, {
        type: 'card_error',
        code: 'payment_intent_authentication_failure',
        message: 'The provided PaymentMethod has failed authentication.',
      })
    },
    capture(intent: Intent, amount: number): void {
      if (intent.status !== 'requires_capture') {
        throw unexpectedState(
          `This PaymentIntent could not be captured because it has a status of ${intent.status}.`,
          intent,
        )
      }
      take(intent, amount)
    },
    cancel(intent: Intent, reason: string | null): void {
      if (intent.status === 'succeeded' || intent.status === 'canceled') {
        throw unexpectedState(
          `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
          intent,
        )
      }
      if (intent.amount_capturable > 0) book('voided', intent, intent.amount_capturable)
      intent.status = 'canceled'
      intent.amount_capturable = 0
      intent.next_action = null
      intent.canceled_at = clock.seconds()
      intent.cancellation_reason = reason
      tell('canceled', intent)
    },
    get: (id: string): Intent | undefined => intents.get(id),
    /** Newest first. */
    all: (): Intent[] => [...intents.values()].reverse(),
  }
}

export type Intents = ReturnType<typeof createIntents>
