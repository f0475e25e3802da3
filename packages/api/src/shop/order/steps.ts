import { z } from 'zod'
import { close } from '../../platform/closing.ts'
import type { Context } from '../../platform/context.ts'
import * as idempotency from '../../platform/idempotency.ts'
import type { PaymentState } from '../../platform/ports/payments.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as payment from '../payment/index.ts'
import { Order, orderId } from './entity.ts'
import { settle } from './outcome.ts'
import { OrderSummary } from './schema.ts'
import { summaryOf } from './summary.ts'

/** What the first step leaves for the second, and for a repeat of the call that comes between them. */
const Begun = z.object({ orderId: orderId.schema, attemptId: payment.attemptId.schema })
export type Begun = z.infer<typeof Begun>

interface Steps {
  /** Writes what is decided here, in the transaction that takes the key, and calls {@link began} or {@link leave}. */
  first(ctx: Context): Promise<Begun>
  /** Calls the provider, outside any transaction; null when there is nothing left to ask. */
  ask(ctx: Context, begun: Begun): Promise<PaymentState | null>
  /** Brings the provider's answer into the order at once, where that can be done; null where {@link settle} has to. */
  settleNew?(ctx: Context, begun: Begun, state: PaymentState): Promise<OrderSummary | null>
}

/** Leaves a repeat what it goes on with. What comes after it in the first step are the locks that others wait for most. */
export async function began(ctx: Context, begun: Begun): Promise<void> {
  await ctx.em.flush()
  leave(ctx, begun)
  await close(ctx)
}

/** The same for whoever closes the transaction in another way. */
export const leave = (ctx: Context, begun: Begun): void => idempotency.keep(ctx, begun, false)

/**
 * A call that asks the payment provider: one transaction, the network, another transaction. A repeat under the same key
 * that comes after the first one goes on from there and never begins again; the one that finishes leaves its answer to
 * all. As long as nobody knows the outcome the key stays open, so that a repeat asks again.
 */
export async function inSteps(ctx: Context, input: unknown, steps: Steps): Promise<OrderSummary> {
  const begun = await inTransaction(ctx, async (ctx) => {
    const key = await idempotency.begin(ctx, input)
    if (key.state === 'done') return { answer: OrderSummary.parse(key.answer) }
    if (key.state === 'unfinished') return Begun.parse(key.answer)
    return steps.first(ctx)
  })
  if ('answer' in begun) return begun.answer

  const state = (await steps.ask(ctx, begun)) ?? { status: 'unknown' }
  const settled = await steps.settleNew?.(ctx, begun, state)
  if (settled) return settled

  return inTransaction(ctx, async (ctx) => {
    const order = await settle(ctx, { ...begun, state })
    const key = await idempotency.begin(ctx, input)
    if (key.state === 'done') return OrderSummary.parse(key.answer)
    await ctx.em.flush()
    const summary = await summaryOf(ctx, order)
    if (summary.payment.status !== 'pending') idempotency.keep(ctx, summary)
    return summary
  })
}

/** Asks for the money, unless the provider has answered for this attempt before. */
export async function authorise(ctx: Context, begun: Begun): Promise<PaymentState | null> {
  const attempt = await payment.find(ctx, begun.attemptId)
  if (attempt.status !== 'pending' || !attempt.wanted) return null
  const order = await ctx.em.findOneOrFail(Order, begun.orderId)
  return payment.authorise(ctx, attempt, order.number)
}
