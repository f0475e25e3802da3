import type { Context } from '../../platform/context.ts'
import { PaymentAttempt } from '../payment/index.ts'
import type { Order } from './entity.ts'
import type { OrderSummary, PaymentView } from './schema.ts'

/** What a change of an order answers, as the unit of work has it. */
export async function summaryOf(ctx: Context, order: Order): Promise<OrderSummary> {
  const attempts = await ctx.em.find(PaymentAttempt, { orderId: order.id }, { orderBy: { number: 'desc' } })
  const { id, number, status, currency, subtotal, discount, shipping, tax, taxIncluded, total } = order
  return {
    ...{ id, number, status, currency, subtotal, discount, shipping, tax, taxIncluded, total },
    payment: paymentOf(attempts),
  }
}

type Attempt = Pick<PaymentAttempt, 'status' | 'wanted' | 'amount' | 'refunded'> & {
  code?: string | null | undefined
  clientAction?: { url: string } | null | undefined
}

/** The payment of an order from its attempts, latest first: the last one says where it stands, all of them what was taken. */
export function paymentOf(attempts: readonly Attempt[]): PaymentView {
  const last = attempts[0]
  const captured = attempts.filter((attempt) => attempt.status === 'captured')
  return {
    status: last?.status ?? 'pending',
    code: last?.code ?? null,
    clientAction: last?.wanted ? (last.clientAction ?? null) : null,
    captured: captured.reduce((sum, attempt) => sum + attempt.amount, 0),
    refunded: captured.reduce((sum, attempt) => sum + attempt.refunded, 0),
  }
}
