import { totalsOf } from '@barrow/dev/stripe/ledger'
import type { StripeServer } from '@barrow/dev/stripe/server'
import { pino } from 'pino'
import { idOf } from '../../ids.ts'
import type { Money } from '../../money.ts'
import type { PaymentAttemptRequest } from '../../ports/payments.ts'
import { createStripePayments } from './payments.ts'

export const attemptIds = idOf('attempt')
export const refundIds = idOf('refund')
export const money: Money = { amount: 20_00, currency: 'EUR' }

/** For tests: the shop's end of a Stripe-shaped server, and what the server's own books say. */
export function connect(server: StripeServer, secretKey = server.secretKey) {
  const provider = createStripePayments({
    secretKey,
    apiUrl: server.url,
    webhookSecrets: [],
    returnUrl: 'https://shop.example.com/checkout/return?lang=en',
    log: pino({ level: 'silent' }),
    now: () => new Date(server.clock.now()),
  })
  const order = (given: Partial<PaymentAttemptRequest> = {}): PaymentAttemptRequest => ({
    attemptId: attemptIds.new(),
    money,
    method: 'pm_card_visa',
    orderNumber: 'A-1',
    ...given,
  })
  /** Money that is held, and not charged yet. */
  async function hold(method = 'pm_card_visa') {
    const request = order({ method })
    const state = await provider.authorise(request)
    if (state.status !== 'authorised') throw new Error(`not authorised: ${state.status}`)
    return { attemptId: request.attemptId, reference: state.reference, money }
  }
  /** Money that is charged, and a way to hand it back. */
  async function charge(method?: string) {
    const attempt = await hold(method)
    const state = await provider.capture(attempt)
    if (state.status !== 'captured') throw new Error(`not captured: ${state.status}`)
    const refund = (amount = money.amount, refundId: string = refundIds.new()) =>
      provider.refund({ ...attempt, refundId, money: { ...money, amount } })
    return { ...attempt, refund }
  }
  return {
    provider,
    order,
    hold,
    charge,
    books: (attemptId: string) => totalsOf(server.ledger.of(attemptId)),
    /** What came to the server under an idempotency key. */
    sent: (key: string) => server.exchanges().filter((exchange) => exchange.key === key),
  }
}
