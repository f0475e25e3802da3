import type Stripe from 'stripe'
import type { Money } from '../../money.ts'
import type { PaymentState } from '../../ports/payments.ts'
import { type Account, authorisationKey, current, find, lookUpUsed } from './account.ts'
import { stripeAmount } from './amounts.ts'
import { ask } from './ask.ts'
import { isForgotten } from './find.ts'
import { stateOf, unknown } from './states.ts'

const settled = new Set<PaymentState['status']>(['captured', 'voided'])

interface Change {
  readonly attemptId: string
  readonly reference: string
  readonly operation: 'capture' | 'void'
  readonly send: (options: Stripe.RequestOptions) => Promise<Stripe.PaymentIntent>
}

/** Takes what an attempt has authorised. */
export async function capture(
  account: Account,
  { attemptId, reference, money }: { attemptId: string; reference: string; money: Money },
): Promise<PaymentState> {
  const amount = stripeAmount(money)
  if (amount === undefined) return current(account, reference)
  return change(account, {
    attemptId,
    reference,
    operation: 'capture',
    send: (options) => account.stripe.paymentIntents.capture(reference, { amount_to_capture: amount }, options),
  })
}

/** Lets go what an attempt has authorised, and closes an attempt that Stripe does not know. */
export async function release(
  account: Account,
  { attemptId, reference }: { attemptId: string; reference: string | null },
): Promise<PaymentState> {
  if (reference !== null) return cancel(account, attemptId, reference)
  const intent = await find(account, attemptId)
  if (typeof intent === 'object') return cancel(account, attemptId, intent.id)
  // Where there is too much to look through, the key still tells whether Stripe has seen the authorisation.
  if (intent === 'unclear' && isForgotten(attemptId, account.now())) return unknown
  return close(account, attemptId)
}

const cancel = (account: Account, attemptId: string, reference: string): Promise<PaymentState> =>
  change(account, {
    attemptId,
    reference,
    operation: 'void',
    send: (options) => account.stripe.paymentIntents.cancel(reference, {}, options),
  })

/**
 * Changes an intent once, however often it is asked to: an intent is captured or cancelled once only, so a key that
 * Stripe remembers a failure of its own under may be left for another.
 */
async function change(
  account: Account,
  { attemptId, reference, operation, send }: Change,
  key = `${attemptId}:${operation}`,
): Promise<PaymentState> {
  const answer = await ask(account.log, operation, () => send({ idempotencyKey: key }))
  if (answer.kind === 'done') return stateOf(answer.value)
  if (answer.kind === 'silent') return unknown
  const state = await current(account, reference)
  const isOpen = operation === 'capture' ? state.status === 'authorised' : !settled.has(state.status)
  if (answer.kind !== 'failed_before' || !isOpen) return state
  return change(account, { attemptId, reference, operation, send }, `${attemptId}:${operation}:${answer.request}`)
}

/**
 * Uses up the key of an authorisation that Stripe has not seen, with an intent that is never confirmed: the
 * authorisation, should it still arrive, is refused as another request under the same key.
 */
async function close(account: Account, attemptId: string): Promise<PaymentState> {
  const { stripe, log } = account
  const params: Stripe.PaymentIntentCreateParams = {
    amount: 100,
    currency: 'usd',
    description: 'Never confirmed: keeps a payment that was given up from being taken late',
    metadata: { attempt: attemptId },
  }
  const answer = await ask(log, 'close', () =>
    stripe.paymentIntents.create(params, { idempotencyKey: authorisationKey(attemptId) }),
  )
  if (answer.kind === 'done') return cancel(account, attemptId, answer.value.id)
  if (answer.kind === 'silent') return unknown
  const intent = await find(account, attemptId)
  return typeof intent === 'object' ? cancel(account, attemptId, intent.id) : lookUpUsed(account, attemptId)
}
