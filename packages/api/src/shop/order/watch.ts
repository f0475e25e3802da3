import { bellOf } from '../../platform/changes.ts'
import type { Context } from '../../platform/context.ts'
import { orderMoves } from './entity.ts'
import { stateOf } from './queries.ts'
import type { OrderState, WatchOrder } from './schema.ts'

/** How often the order is looked at without being told that it changed, in milliseconds. */
const LOOK = 5_000

/**
 * Where an order stands, now and whenever that changes, from whichever process the change came; ends when nothing can
 * change any more. Raises `order_not_found`.
 */
export async function* watch(ctx: Context, input: WatchOrder, signal: AbortSignal): AsyncGenerator<OrderState> {
  using bell = bellOf(ctx.changes, input.orderId, signal)
  let shown = ''
  while (!signal.aborted) {
    // A unit of work of its own for each look: a stream may live for minutes.
    const state = await stateOf({ ...ctx, em: ctx.orm.em.fork() }, input)
    const text = JSON.stringify(state)
    if (text !== shown) yield state
    shown = text
    if (orderMoves[state.status].length === 0) return
    await bell.rung(LOOK)
  }
}
