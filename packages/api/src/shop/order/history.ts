import { principalOf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit.ts'
import { noteChange } from '../../platform/changes.ts'
import type { Context } from '../../platform/context.ts'
import { type Happening, type Order, OrderMoment, type OrderStatus } from './entity.ts'

/** Adds to the history of an order. `details`: ids and numbers, nothing personal. */
export function happened(
  ctx: Context,
  order: Order,
  what: Happening,
  details: Readonly<Record<string, string | number>> = {},
): void {
  noteChange(ctx, order.id)
  ctx.em.create(OrderMoment, {
    orderId: order.id,
    what,
    actor: principalOf(ctx.actor),
    actorKind: ctx.actor.kind,
    details,
  })
}

/** The same with a change of state, which the audit log has too. */
export function moved(
  ctx: Context,
  order: Order,
  before: OrderStatus | null,
  what: Happening,
  details: Readonly<Record<string, string | number>> = {},
): void {
  happened(ctx, order, what, details)
  audit(ctx, {
    subject: order.id,
    before: before === null ? null : { status: before },
    after: { status: order.status, ...details },
  })
  ctx.log.info({ orderId: order.id, status: order.status }, `order ${what}`)
}
