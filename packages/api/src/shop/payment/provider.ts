import type { Context } from '../../platform/context.ts'
import type { PaymentProvider, PaymentState, RefundState } from '../../platform/ports/payments.ts'
import type { PaymentAttempt, Refund } from './entity.ts'

/** How long a provider may take; after that the outcome is unknown. In milliseconds. */
const PATIENCE = 5_000

/** What the provider has to know of an attempt. */
export type NewAttempt = Pick<PaymentAttempt, 'id' | 'amount' | 'currency' | 'method'>

/** Asks for the money. Like every function here it calls the network: never inside a transaction. */
export const authorise = (ctx: Context, attempt: NewAttempt, orderNumber: string): Promise<PaymentState> =>
  ask(ctx, attempt.id, 'authorise', () =>
    providerOf(ctx, attempt).authorise({
      attemptId: attempt.id,
      money: { amount: attempt.amount, currency: attempt.currency },
      method: attempt.method,
      orderNumber,
    }),
  )

export const capture = (ctx: Context, attempt: PaymentAttempt, reference: string): Promise<PaymentState> =>
  ask(ctx, attempt.id, 'capture', () =>
    providerOf(ctx, attempt).capture({
      attemptId: attempt.id,
      reference,
      money: { amount: attempt.amount, currency: attempt.currency },
    }),
  )

/** `reference`: the provider's id of the payment, when it told it itself before the attempt had it. */
export const lookUp = (ctx: Context, attempt: PaymentAttempt, reference?: string | null): Promise<PaymentState> =>
  ask(ctx, attempt.id, 'look up', () =>
    providerOf(ctx, attempt).lookUp(attempt.id, attempt.reference ?? reference ?? null),
  )

/** Lets go what an attempt holds. Answers `captured` when it is too late for that: then it takes a refund. */
export const letGo = (ctx: Context, attempt: PaymentAttempt): Promise<PaymentState> =>
  ask(ctx, attempt.id, 'void', () =>
    providerOf(ctx, attempt).void({ attemptId: attempt.id, reference: attempt.reference ?? null }),
  )

export const payBack = (ctx: Context, attempt: PaymentAttempt, refund: Refund): Promise<RefundState> =>
  ask(ctx, refund.id, 'refund', () =>
    providerOf(ctx, attempt).refund({
      refundId: refund.id,
      attemptId: attempt.id,
      reference: attempt.reference ?? '',
      money: { amount: refund.amount, currency: refund.currency },
    }),
  )

/** What costs nothing is paid without asking anybody: providers refuse an amount of zero. */
const free: PaymentProvider = {
  name: 'free',
  authorise: async () => ({ status: 'authorised', reference: 'free' }),
  capture: async () => ({ status: 'captured', reference: 'free' }),
  void: async () => ({ status: 'voided', reference: 'free' }),
  refund: async () => ({ status: 'refused', code: 'nothing_paid' }),
  lookUp: async () => ({ status: 'authorised', reference: 'free' }),
}

export const providerOf = (ctx: Context, { amount }: { amount: number }): PaymentProvider =>
  amount === 0 ? free : ctx.payments

/** Whatever goes wrong between here and the provider leaves the outcome unknown: the call may have acted. */
async function ask<S>(
  ctx: Context,
  subject: string,
  operation: string,
  call: () => Promise<S>,
): Promise<S | { status: 'unknown' }> {
  const late = Promise.withResolvers<'late'>()
  const timer = setTimeout(late.resolve, PATIENCE, 'late')
  try {
    const answer = await Promise.race([call(), late.promise])
    if (answer !== 'late') return answer
    ctx.log.warn({ subject, operation }, 'payment provider did not answer in time')
  } catch (error) {
    ctx.log.error({ err: error, subject, operation }, 'payment provider failed')
  } finally {
    clearTimeout(timer)
  }
  return { status: 'unknown' }
}
