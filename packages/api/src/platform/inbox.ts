import { defineEntity, p } from '@mikro-orm/core'
import type { Context } from './context.ts'
import type { Event, EventId } from './outbox.ts'

/**
 * One row for each event and consumer, made when the event leaves the outbox: what a consumer has to do, is doing and has
 * done. Whatever carries events between processes may lose them or bring them twice: this table knows what is due.
 */
export const InboxEntrySchema = defineEntity({
  name: 'InboxEntry',
  properties: {
    consumer: p.string().length(64).collation('C').primary(),
    eventId: p.string().$type<EventId>().length(64).collation('C').primary(),
    key: p.string().length(64).collation('C'),
    sequence: p.bigint('number'),
    status: p.enum(['waiting', 'working', 'done', 'dead']).default('waiting'),
    attempts: p.smallint().default(0),
    /** When it may be tried; of one being worked on, when its worker counts as dead. */
    dueAt: p.datetime(3).$type<Date>().defaultRaw('now()'),
    /** What went wrong the last time. */
    error: p.string().length(2000).nullable(),
    consumedAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'inbox_entry_open',
      expression: `create index inbox_entry_open on inbox_entry (consumer, key, sequence) where status in ('waiting', 'working')`,
    },
    {
      name: 'inbox_entry_due',
      expression: `create index inbox_entry_due on inbox_entry (due_at) where status in ('waiting', 'working')`,
    },
    {
      name: 'inbox_entry_dead',
      expression: `create index inbox_entry_dead on inbox_entry (due_at) where status = 'dead'`,
    },
  ],
})
export class InboxEntry extends InboxEntrySchema.class {}
InboxEntrySchema.setClass(InboxEntry)

/** An event of the same key that came first and is not finished: events of one key are consumed in their order. */
const first = `select 1 from inbox_entry first where first.consumer = entry.consumer and first.key = entry.key
  and first.sequence < entry.sequence and first.status in ('waiting', 'working')`

/** An event taken to be worked on, and the how-manieth try this is. */
export interface Taken {
  readonly event: Event
  readonly attempt: number
}

/**
 * Takes an event for a while: nobody else gets it before `leaseSeconds` are over. Answers undefined when there is nothing
 * to do: it is done, it is being worked on, its next try is not due, or an earlier event of its key comes first.
 */
export async function take(
  ctx: Context,
  consumer: string,
  eventId: EventId,
  leaseSeconds: number,
): Promise<Taken | undefined> {
  const rows: (Event & { attempt: number })[] = await ctx.em.execute(
    `update inbox_entry entry
     set status = 'working', attempts = attempts + 1, due_at = now() + make_interval(secs => ?)
     from outbox_event event
     where entry.consumer = ? and entry.event_id = ? and event.id = entry.event_id
       and entry.status in ('waiting', 'working') and entry.due_at <= now() and not exists (${first})
     returning event.id, event.name, event.version, event.key, event.sequence, event.payload,
       event.occurred_at as "occurredAt", entry.attempts as attempt`,
    [leaseSeconds, consumer, eventId],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  const { attempt, ...event } = row
  return { event, attempt }
}

/**
 * Claims an event for a consumer in the consumer's own transaction: true once, false ever after. Two workers at the same
 * moment wait here for each other, so the effect that follows happens once.
 */
export async function claim(ctx: Context, consumer: string, eventId: EventId): Promise<boolean> {
  const rows: unknown[] = await ctx.em.execute(
    `update inbox_entry set status = 'done', consumed_at = clock_timestamp(), error = null
     where consumer = ? and event_id = ? and status in ('waiting', 'working') returning event_id`,
    [consumer, eventId],
  )
  return rows.length === 1
}

/** Puts an event back after a failure, to be tried again after `delaySeconds`; with null it is dead until re-driven. */
export async function fail(
  ctx: Context,
  consumer: string,
  eventId: EventId,
  error: string,
  delaySeconds: number | null,
): Promise<void> {
  await ctx.em.execute(
    `update inbox_entry set status = ?, due_at = now() + make_interval(secs => ?), error = ?
     where consumer = ? and event_id = ? and status = 'working'`,
    [delaySeconds === null ? 'dead' : 'waiting', delaySeconds ?? 0, error.slice(0, 2000), consumer, eventId],
  )
}

export interface Due {
  readonly consumer: string
  readonly eventId: EventId
}

/**
 * What is due and not behind another: failures whose time has come, and whatever a dead worker or a carrier left. Word
 * of an event that nobody has tried yet may be on its way for `graceSeconds`.
 */
export async function due(
  ctx: Context,
  consumers: readonly string[],
  limit: number,
  graceSeconds: number,
): Promise<Due[]> {
  return ctx.em.execute(
    `select consumer, event_id as "eventId" from inbox_entry entry
     where status in ('waiting', 'working') and due_at <= now() and consumer in (?) and not exists (${first})
       and (attempts > 0 or due_at <= now() - make_interval(secs => ?))
     order by due_at limit ?`,
    [consumers, graceSeconds, limit],
  )
}

/** The next event of a key that its consumer may take now. */
export async function nextOf(ctx: Context, consumer: string, key: string): Promise<EventId | undefined> {
  const rows: { eventId: EventId }[] = await ctx.em.execute(
    `select event_id as "eventId" from inbox_entry
     where consumer = ? and key = ? and status in ('waiting', 'working') and due_at <= now()
     order by sequence limit 1`,
    [consumer, key],
  )
  return rows[0]?.eventId
}
