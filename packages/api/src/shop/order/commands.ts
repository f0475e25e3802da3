import { principalOf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { publish } from '../../platform/outbox.ts'
import { lockOwn } from './access.ts'
import { OrderNote } from './entity.ts'
import { orderNotFulfillable } from './errors.ts'
import { OrderFulfilled } from './events.ts'
import { happened, moved } from './history.ts'
import type { AddNote, FulfilOrder, NoteView, OrderSummary } from './schema.ts'
import { summaryOf } from './summary.ts'

/** Notes that a whole order has been sent. */
export async function fulfil(ctx: Context, input: FulfilOrder): Promise<OrderSummary> {
  const order = await lockOwn(ctx, input, 'orders:write')
  const before = order.status
  if (!order.mayBecome('fulfilled')) throw orderNotFulfillable({ status: before })
  order.moveTo('fulfilled')
  order.carrier = input.carrier ?? null
  order.trackingCode = input.trackingCode ?? null
  moved(ctx, order, before, 'fulfilled')
  await publish(ctx, OrderFulfilled, order.id, { orderId: order.id })
  await ctx.em.flush()
  return summaryOf(ctx, order)
}

export async function addNote(ctx: Context, { orderId, text }: AddNote): Promise<NoteView> {
  const order = await lockOwn(ctx, { orderId }, 'orders:write')
  const note = ctx.em.create(OrderNote, { orderId, text, author: principalOf(ctx.actor) })
  happened(ctx, order, 'noted', { noteId: note.id })
  audit(ctx, { subject: order.id, after: { noteId: note.id } })
  await ctx.em.flush()
  await ctx.em.refresh(note)
  return { id: note.id, text: note.text, author: note.author, createdAt: note.createdAt }
}
