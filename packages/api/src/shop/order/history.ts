import { sql } from 'kysely'
import { type Actor, principalOf } from '../../platform/actor.ts'
import { atCommit } from '../../platform/at-commit.ts'
import { audit } from '../../platform/audit.ts'
import { noteChange } from '../../platform/changes.ts'
import type { Context } from '../../platform/context.ts'
import { type Given, statement } from '../../platform/statement.ts'
import type { Write } from '../../platform/together.ts'
import { type Happening, momentId, type Order, type OrderId, OrderMoment, type OrderStatus } from './entity.ts'

type Details = Readonly<Record<string, string | number>>

/** Adds to the history of an order. `details`: ids and numbers, nothing personal. */
export function happened(ctx: Context, order: Order, what: Happening, details: Details = {}): void {
  noteChange(ctx, order.id)
  ctx.em.create(OrderMoment, {
    orderId: order.id,
    what,
    actor: principalOf(ctx.actor),
    actorKind: ctx.actor.kind,
    details,
  })
}

/** The same as a write, for what is written together. */
export function moment(ctx: Context, orderId: OrderId, what: Happening, details: Details = {}): Write {
  noteChange(ctx, orderId)
  return insert.of({ orderId, what, actor: ctx.actor, details })
}

const insert = statement(
  (given: Given<{ orderId: OrderId; what: Happening; actor: Actor; details: Details }>) => sql`
    insert into order_moment (id, order_id, what, actor, actor_kind, details)
    values (${given(() => momentId.new())}, ${given(({ orderId }) => orderId)}, ${given(({ what }) => what)},
      ${given(({ actor }) => principalOf(actor))}, ${given(({ actor }) => actor.kind)},
      ${given(({ details }) => JSON.stringify(details))}::jsonb)
    returning id`,
)

/** The same with a change of state, which the audit log has too. */
export function moved(
  ctx: Context,
  order: Order,
  before: OrderStatus | null,
  what: Happening,
  details: Details = {},
): void {
  happened(ctx, order, what, details)
  became(ctx, order, before, what, details)
}

/** Notes a change of state for the audit log, and, once it has committed, for whoever reads the lines of this process. */
export function became(
  ctx: Context,
  { id, status }: Pick<Order, 'id' | 'status'>,
  before: OrderStatus | null,
  what: Happening,
  details: Details = {},
): void {
  audit(ctx, {
    subject: id,
    before: before === null ? null : { status: before },
    after: { status, ...details },
  })
  atCommit(ctx, () => ctx.callLog.info({ requestId: ctx.requestId, orderId: id, status }, `order ${what}`))
}
