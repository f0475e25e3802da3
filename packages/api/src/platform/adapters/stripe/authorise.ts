import type Stripe from 'stripe'
import type { PaymentAttemptRequest, PaymentState } from '../../ports/payments.ts'
import { type Account, authorisationKey, current, lookUp, lookUpUsed, NOT_CHARGEABLE } from './account.ts'
import { stripeAmount } from './amounts.ts'
import { ask } from './ask.ts'
import { isForgotten } from './find.ts'
import { stateOf, unknown } from './states.ts'

/** Makes and confirms the intent of an attempt, to be captured later. */
export async function authorise(
  account: Account,
  { attemptId, money, method, orderNumber }: PaymentAttemptRequest,
  returnUrl: string,
): Promise<PaymentState> {
  const { stripe, log, now } = account
  const amount = stripeAmount(money)
  if (amount === undefined) return { status: 'declined', reference: null, code: NOT_CHARGEABLE }
  if (isForgotten(attemptId, now())) {
    const known = await lookUp(account, attemptId)
    if (known.status !== 'absent') return known
  }
  const params: Stripe.PaymentIntentCreateParams = {
    amount,
    currency: money.currency.toLowerCase(),
    capture_method: 'manual',
    confirm: true,
    payment_method: method,
    allowed_payment_method_types: ['card'],
    // With it 3-D Secure is a page of the bank's to go to, and the buyer's browser needs no secret of the payment's.
    return_url: returnUrlFor(returnUrl, orderNumber),
    description: `Order ${orderNumber}`,
    metadata: { attempt: attemptId, order: orderNumber },
  }
  const answer = await ask(log, 'authorise', () =>
    stripe.paymentIntents.create(params, { idempotencyKey: authorisationKey(attemptId) }),
  )
  switch (answer.kind) {
    case 'done':
      return answer.replayed ? current(account, answer.value.id) : stateOf(answer.value)
    case 'declined':
      return { status: 'declined', reference: answer.intent, code: answer.code }
    case 'refused':
      return { status: 'declined', reference: null, code: answer.code }
    case 'key_reused':
    case 'failed_before':
      return lookUpUsed(account, attemptId)
    default:
      return unknown
  }
}

function returnUrlFor(returnUrl: string, orderNumber: string): string {
  const url = new URL(returnUrl)
  url.searchParams.set('order', orderNumber)
  return url.href
}
