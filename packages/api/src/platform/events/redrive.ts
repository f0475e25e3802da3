import { audit } from '../audit.ts'
import type { Context } from '../context.ts'
import type { EventId } from '../outbox.ts'
import { deadLetterNotFound } from './errors.ts'
import type { Redrive, Redriven } from './schema.ts'

/**
 * Has consumers try again what they gave up, the oldest first, with all their tries anew. Where later events of a key
 * went on, the re-driven one comes next.
 * Raises `dead_letter_not_found` when one event was named and nobody has given it up.
 */
export async function redrive(ctx: Context, input: Redrive): Promise<Redriven> {
  const { limit } = input
  const filters = [
    { sql: 'entry.event_id = ?', value: input.eventId },
    { sql: 'entry.consumer = ?', value: input.consumer },
    { sql: 'event.name = ?', value: input.name },
  ].filter(({ value }) => value !== undefined)
  const found: { eventId: EventId; consumer: string; replay: number }[] = await ctx.em.execute(
    `select entry.event_id as "eventId", entry.consumer, entry.replay
     from inbox_entry entry join outbox_event event on event.id = entry.event_id
     where entry.status = 'dead' and ${filters.map(({ sql }) => sql).join(' and ')}
     order by entry.event_id, entry.consumer, entry.replay limit ? for update of entry skip locked`,
    [...filters.map(({ value }) => value), limit + 1],
  )
  if (found.length === 0 && input.eventId !== undefined) throw deadLetterNotFound()
  const chosen = found.slice(0, limit)
  if (chosen.length > 0) {
    await ctx.em.execute(
      `update inbox_entry
       set status = 'waiting', attempts = 0, redrives = redrives + 1, queued_at = now(), due_at = now()
       where (event_id, consumer, replay) in (${chosen.map(() => '(?, ?, ?)').join(', ')})`,
      chosen.flatMap(({ eventId, consumer, replay }) => [eventId, consumer, replay]),
    )
  }
  const subject = input.eventId ?? input.consumer ?? input.name ?? ''
  audit(ctx, { subject, before: { status: 'dead' }, after: { status: 'waiting', redriven: chosen } })
  return { redriven: chosen.length, more: found.length > limit }
}
