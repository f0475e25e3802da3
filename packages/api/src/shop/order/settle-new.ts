import { sql } from 'kysely'
import { closeWith } from '../../platform/closing.ts'
import type { Context } from '../../platform/context.ts'
import { isUnmet } from '../../platform/demand.ts'
import * as idempotency from '../../platform/idempotency.ts'
import { publish } from '../../platform/outbox.ts'
import type { PaymentState } from '../../platform/ports/payments.ts'
import { type Given, statement } from '../../platform/statement.ts'
import { eachOne } from '../../platform/together.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as payment from '../payment/index.ts'
import type { OrderId } from './entity.ts'
import { OrderPaymentAuthorised } from './events.ts'
import { became, moment } from './history.ts'
import type { NewOrder } from './insert.ts'
import type { OrderSummary } from './schema.ts'
import type { Begun } from './steps.ts'

/** What a call has just written, and so need not read. */
export interface Placed {
  readonly begun: Begun
  readonly order: NewOrder
  readonly attempt: payment.NewAttempt
}

/**
 * What nearly every order comes to: the provider promises the money of an order that this call has just placed, before
 * anybody else has touched it. One round trip and the same rows that `settle` writes with nine, which reads everything
 * first since it may be anybody, at any time. Null for every other answer, and when somebody was faster.
 */
export async function settleNew(ctx: Context, placed: Placed, state: PaymentState): Promise<OrderSummary | null> {
  if (state.status !== 'authorised') return null
  const { orderId, attemptId } = placed.begun
  try {
    return await inTransaction(ctx, async (ctx) => {
      const about = { attemptId }
      const writes = eachOne([
        authorise.of(orderId),
        payment.authorised(attemptId, state.reference ?? null),
        moment(ctx, orderId, 'payment_authorised', about),
      ])
      became(ctx, { id: orderId, status: 'authorised' }, 'pending_payment', 'payment_authorised', about)
      await publish(ctx, OrderPaymentAuthorised, orderId, { orderId, attemptId })
      const summary = summaryOf(placed.order)
      idempotency.keep(ctx, summary)
      await closeWith(ctx, writes)
      return summary
    })
  } catch (error) {
    // Somebody else has moved the order or its attempt: nothing was written.
    if (isUnmet(error)) return null
    throw error
  }
}

const authorise = statement(
  (given: Given<OrderId>) => sql`
    update "order" set status = 'authorised' where id = ${given((id) => id)} and status = 'pending_payment' returning id`,
)

function summaryOf(order: NewOrder): OrderSummary {
  const { id, number, currency, subtotal, discount, shipping, tax, taxIncluded, total } = order
  return {
    ...{ id, number, status: 'authorised', currency, subtotal, discount, shipping, tax, taxIncluded, total },
    payment: { status: 'authorised', code: null, clientAction: null, captured: 0, refunded: 0 },
  }
}
