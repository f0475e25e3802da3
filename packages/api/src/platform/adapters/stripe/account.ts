import type { Logger } from 'pino'
import type Stripe from 'stripe'
import type { PaymentState } from '../../ports/payments.ts'
import { type Answer, ask } from './ask.ts'
import { ageOf, findIntent } from './find.ts'
import { stateOf, unknown } from './states.ts'

/** A shop's account at Stripe, as its operations use it. */
export interface Account {
  readonly stripe: Stripe
  readonly log: Logger
  readonly now: () => Date
}

/** For how long after it was made an attempt's authorisation may still be at work at Stripe, in milliseconds. */
const AT_WORK_MS = 120_000

/** The code, one of ours, for an amount that a card cannot carry. */
export const NOT_CHARGEABLE = 'amount_not_chargeable'

/** The key under which an attempt is authorised, and under which nothing else may be. */
export const authorisationKey = (attemptId: string): string => `${attemptId}:authorise`

/** Where a payment stands now. */
export async function current({ stripe, log }: Account, reference: string): Promise<PaymentState> {
  const answer = await ask(log, 'retrieve', () => stripe.paymentIntents.retrieve(reference))
  return answer.kind === 'done' ? stateOf(answer.value) : unknown
}

/** The intent of an attempt, `absent` or `unclear`. */
export async function find(account: Account, attemptId: string): Promise<Stripe.PaymentIntent | 'absent' | 'unclear'> {
  const { stripe, log, now } = account
  const answer: Answer<Stripe.PaymentIntent | 'absent' | 'unclear'> = await ask(log, 'find', () =>
    findIntent(stripe, attemptId, now()),
  )
  return answer.kind === 'done' ? answer.value : 'unclear'
}

/** What became of an attempt whose intent is not known. */
export async function lookUp(account: Account, attemptId: string): Promise<PaymentState> {
  const intent = await find(account, attemptId)
  if (intent === 'unclear') return unknown
  return intent === 'absent' ? { status: 'absent' } : stateOf(intent)
}

/** What came of the request that has used up an attempt's key. */
export async function lookUpUsed(account: Account, attemptId: string): Promise<PaymentState> {
  const known = await lookUp(account, attemptId)
  if (known.status !== 'absent') return known
  // Stripe has seen the key and made nothing of it: it failed, or it is still at work. Nothing else can come of it.
  return ageOf(attemptId, account.now()) < AT_WORK_MS
    ? unknown
    : { status: 'declined', reference: null, code: 'processing_error' }
}
