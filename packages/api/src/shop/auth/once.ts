import type { Context } from '../../platform/context.ts'
import * as idempotency from '../../platform/idempotency.ts'
import { inTransaction } from '../../platform/transaction.ts'

/**
 * Does a piece of work that has one answer, in a transaction, once for each key: for verbs that hash passwords before it.
 * A repeat is answered before anything is looked at that the first call has changed.
 */
export const once = <Answer>(
  ctx: Context,
  input: unknown,
  answer: Answer,
  work: (ctx: Context) => Promise<void>,
): Promise<Answer> =>
  inTransaction(ctx, async (ctx) => {
    const begun = await idempotency.begin(ctx, input)
    if (begun.state !== 'new') return answer
    await work(ctx)
    idempotency.keep(ctx, answer)
    return answer
  })
