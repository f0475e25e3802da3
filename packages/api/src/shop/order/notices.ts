import type { Context } from '../../platform/context.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as payment from '../payment/index.ts'
import { settle } from './outcome.ts'
import { type Effect, noAnswer, payBack } from './process.ts'
import { BATCH, each } from './sweep.ts'

/**
 * Acts on a notice of the payment provider that was kept. What it says counts for nothing: notices come late, twice and in
 * any order. It is a reason to ask the provider, outside any transaction, and what that answers is brought into the order
 * as any other answer is. Raises `payment_no_answer`, after which the notice stays open.
 */
export async function heed(ctx: Context, id: string): Promise<void> {
  const notice = await payment.openNotice(ctx, id)
  if (notice !== undefined) await act(ctx, notice)
}

/** Heeds what could not be heeded when it came: the provider did not answer, or a process died. */
export async function heedOpen(ctx: Context): Promise<number> {
  const open = await payment.openNotices(ctx, BATCH)
  await each(ctx, open, act)
  return open.length
}

async function act(ctx: Context, notice: payment.OpenNotice): Promise<void> {
  const effect = await askAbout(ctx, notice)
  await inTransaction(ctx, async (ctx) => {
    await effect(ctx)
    await payment.heeded(ctx, notice.id)
  })
}

async function askAbout(
  ctx: Context,
  { orderId, attemptId, refundId, reference }: payment.OpenNotice,
): Promise<Effect> {
  if (refundId !== null) return payBack(ctx, { orderId, refundId })
  const attempt = await payment.find(ctx, attemptId)
  // Nothing can become of it any more.
  if (attempt.isSettled()) return async () => {}
  const state = await payment.lookUp(ctx, attempt, reference)
  if (state.status === 'unknown' || state.status === 'absent') throw noAnswer()
  return (ctx) => settle(ctx, { orderId, attemptId, state })
}
