import { defineEntity, p } from '@mikro-orm/core'
import { sql } from 'kysely'
import { createdAt } from './columns.ts'
import type { Context } from './context.ts'
import type { Event, EventId } from './outbox.ts'
import { sqlState, unhurried } from './transaction.ts'

/**
 * One row for each event and consumer, made when the event leaves the outbox: what a consumer has to do, is doing and has
 * done. Whatever carries events between processes may lose them or bring them twice: this table knows what is due.
 */
export const InboxEntrySchema = defineEntity({
  name: 'InboxEntry',
  properties: {
    consumer: p.string().length(64).collation('C').primary(),
    eventId: p.string().$type<EventId>().length(64).collation('C').primary(),
    /** 0 when the event came about; counted up each time stored events are handed to the consumer anew. */
    replay: p.integer().primary().default(0),
    key: p.string().length(64).collation('C'),
    sequence: p.bigint('number'),
    status: p.enum(['waiting', 'working', 'done', 'dead']).default('waiting'),
    /** Since it entered, or since it was last re-driven. */
    attempts: p.smallint().default(0),
    /** How often it was dead and re-driven. */
    redrives: p.smallint().default(0),
    /** When it became something to do: when it entered, or was last re-driven. */
    queuedAt: createdAt(),
    /** When it may be tried; of one being worked on, when its worker counts as dead; of a dead one, when it died. */
    dueAt: p.datetime(3).$type<Date>().defaultRaw('now()'),
    /** What went wrong the last time. */
    error: p.string().length(2000).nullable(),
    consumedAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'inbox_entry_open',
      expression: `create index inbox_entry_open on inbox_entry (consumer, key, sequence, replay) where status in ('waiting', 'working')`,
    },
    {
      name: 'inbox_entry_due',
      expression: `create index inbox_entry_due on inbox_entry (consumer, due_at) where status in ('waiting', 'working')`,
    },
    {
      name: 'inbox_entry_dead',
      expression: `create index inbox_entry_dead on inbox_entry (event_id, consumer, replay) where status = 'dead'`,
    },
    {
      // Of one key a consumer works on one event at a time, whatever was re-driven or replayed beside it.
      name: 'inbox_entry_working',
      expression: `create unique index inbox_entry_working on inbox_entry (consumer, key) where status = 'working'`,
    },
  ],
})
export class InboxEntry extends InboxEntrySchema.class {}
InboxEntrySchema.setClass(InboxEntry)

/** One thing for one consumer to do. */
export interface Entry {
  readonly consumer: string
  readonly eventId: EventId
  readonly replay: number
}

/**
 * Whether it is an entry's turn. Events of one key are consumed one at a time, in the order of their sequence; one whose
 * worker died is taken up before those that were re-driven meanwhile.
 */
const itsTurn = sql`(entry.status = 'working' or (
  not exists (select from inbox_entry busy
    where busy.consumer = entry.consumer and busy.key = entry.key and busy.status = 'working')
  and not exists (select from inbox_entry first
    where first.consumer = entry.consumer and first.key = entry.key and first.status in ('waiting', 'working')
      and (first.sequence, first.replay) < (entry.sequence, entry.replay))))`

/** An event taken to be worked on, and the how-manieth try this is. */
export interface Taken {
  readonly event: Event
  readonly attempt: number
}

const UNIQUE_VIOLATION = '23505'

/**
 * Takes an event for a while: nobody else gets it before `leaseSeconds` are over. Answers undefined when there is nothing
 * to do: it is done, it is being worked on, its next try is not due, or another event of its key comes first.
 * Not for use inside a transaction: that would hold the others of its key up, and break when they were faster.
 */
export async function take(ctx: Context, entry: Entry, leaseSeconds: number): Promise<Taken | undefined> {
  const { rows } = await sql<Event & { attempt: number }>`
    update inbox_entry entry
    set status = 'working', attempts = attempts + 1, due_at = now() + make_interval(secs => ${leaseSeconds})
    from outbox_event event, (${unhurried}) unhurried
    where entry.consumer = ${entry.consumer} and entry.event_id = ${entry.eventId} and entry.replay = ${entry.replay}
      and event.id = entry.event_id
      and entry.status in ('waiting', 'working') and entry.due_at <= now() and ${itsTurn}
    returning event.id, event.name, event.version, event.key, event.sequence, event.payload,
      event.occurred_at as "occurredAt", event.traceparent, entry.attempts as attempt`
    .execute(ctx.em.getKysely())
    .catch((error: unknown) => {
      // Another of its key was taken at the same moment.
      if (sqlState(error) === UNIQUE_VIOLATION) return { rows: [] }
      throw error
    })
  const row = rows[0]
  if (row === undefined) return undefined
  const { attempt, ...event } = row
  return { event, attempt }
}

/**
 * Claims an event for a consumer in the consumer's own transaction: true once, false ever after. Two workers at the same
 * moment wait here for each other, so the effect that follows happens once.
 */
export async function claim(ctx: Context, { consumer, eventId, replay }: Entry): Promise<boolean> {
  const { rows } = await sql`
    update inbox_entry set status = 'done', consumed_at = clock_timestamp(), error = null
    where consumer = ${consumer} and event_id = ${eventId} and replay = ${replay} and status in ('waiting', 'working')
    returning event_id`.execute(ctx.em.getKysely())
  return rows.length === 1
}

/** How a try ended that did not succeed. */
interface Failure {
  /** The number of the try. One that somebody else has begun since is theirs to end. */
  readonly attempt: number
  readonly error: string
  /** When to try again; null gives the event up until it is re-driven. */
  readonly delaySeconds: number | null
}

/** Puts an event back after a failure. */
export async function fail(ctx: Context, { consumer, eventId, replay }: Entry, failure: Failure): Promise<void> {
  const { attempt, error, delaySeconds } = failure
  await ctx.em.execute(
    `update inbox_entry set status = ?, due_at = now() + make_interval(secs => ?), error = ?
     where consumer = ? and event_id = ? and replay = ? and status = 'working' and attempts = ?`,
    [
      delaySeconds === null ? 'dead' : 'waiting',
      delaySeconds ?? 0,
      error.slice(0, 2000),
      consumer,
      eventId,
      replay,
      attempt,
    ],
  )
}

/**
 * What is due and not behind another: failures whose time has come, what was re-driven or is replayed, and whatever a dead
 * worker or a carrier left. Word of an event that nobody has tried yet may be on its way for `graceSeconds`.
 */
export async function due(
  ctx: Context,
  consumer: string,
  { limit, graceSeconds }: { limit: number; graceSeconds: number },
): Promise<Entry[]> {
  const { rows } = await sql<Entry>`
    select consumer, event_id as "eventId", replay from inbox_entry entry
    where status in ('waiting', 'working') and due_at <= now() and consumer = ${consumer} and ${itsTurn}
      and (attempts > 0 or redrives > 0 or replay > 0 or due_at <= now() - make_interval(secs => ${graceSeconds}))
    order by due_at limit ${limit}`.execute(ctx.em.getKysely())
  return rows
}

/** The next event of a key that its consumer may take now. */
export async function nextOf(ctx: Context, consumer: string, key: string): Promise<Entry | undefined> {
  const { rows } = await sql<Entry>`
    select consumer, event_id as "eventId", replay from inbox_entry
    where consumer = ${consumer} and key = ${key} and status in ('waiting', 'working') and due_at <= now()
    order by sequence, replay limit 1`.execute(ctx.em.getKysely())
  return rows[0]
}
