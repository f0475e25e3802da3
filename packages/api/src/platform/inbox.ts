import { defineEntity, p } from '@mikro-orm/core'
import { createdAt } from './columns.ts'
import type { Context } from './context.ts'
import type { Event, EventId } from './outbox.ts'

/** One row for each event a consumer has finished. */
export const InboxEntrySchema = defineEntity({
  name: 'InboxEntry',
  properties: {
    consumer: p.string().length(64).collation('C').primary(),
    eventId: p.string().$type<EventId>().length(64).collation('C').primary(),
    consumedAt: createdAt(),
  },
})
export class InboxEntry extends InboxEntrySchema.class {}
InboxEntrySchema.setClass(InboxEntry)

/**
 * Claims an event for a consumer in the consumer's own transaction: true once, false ever after. Two deliveries at the
 * same moment wait here for each other, so the effect that follows happens once.
 */
export async function claim(ctx: Context, consumer: string, event: Event): Promise<boolean> {
  const rows: unknown[] = await ctx.em.execute(
    'insert into inbox_entry (consumer, event_id) values (?, ?) on conflict do nothing returning event_id',
    [consumer, event.id],
  )
  return rows.length === 1
}
