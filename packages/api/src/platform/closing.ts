import { sql } from 'kysely'
import type { Context } from './context.ts'

interface AuditRow {
  readonly id: string
  readonly actor: string
  readonly actorKind: string
  readonly action: string
  readonly subject: string
  readonly requestId: string
  readonly before: object | null
  readonly after: object | null
}

interface EventRow {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly key: string
  readonly payload: object
  readonly traceparent: string | null
}

/** Under which key a call's answer is kept, and the answer as JSON. */
interface Answer {
  readonly principal: string
  readonly procedure: string
  readonly key: string
  readonly json: string
}

/** What a transaction has still to write. */
interface Closing {
  readonly audit: AuditRow[]
  readonly events: EventRow[]
  answer: Answer | null
}

const pending = new WeakMap<object, Closing>()

/** What the transaction of this context writes last. */
export function closingOf({ marks }: Pick<Context, 'marks'>): Closing {
  const closing = pending.get(marks) ?? { audit: [], events: [], answer: null }
  pending.set(marks, closing)
  return closing
}

/**
 * Writes what every change leaves behind, in one statement however much it is: who did what, the events with their
 * sequences, the answer to keep. A transaction calls it before it commits; earlier only where locks are to come last.
 */
export async function close(ctx: Context): Promise<void> {
  const closing = pending.get(ctx.marks)
  if (closing === undefined) return
  pending.delete(ctx.marks)
  const { audit, events, answer } = closing
  const [rows, told] = [
    columnsOf(audit),
    columnsOf(events.map((event, index) => ({ ...event, later: later(events, index) }))),
  ]
  // Sequences are taken in the order of their keys, so that two transactions that share several do not wait for each other.
  await sql`
    with counted as (
      insert into event_sequence (key, value)
      select key, count(*) from unnest(${told('key')}::text[]) as event (key) group by key order by key
      on conflict (key) do update set value = event_sequence.value + excluded.value
      returning key, value
    ), published as (
      insert into outbox_event (id, name, version, key, sequence, payload, traceparent)
      select event.id, name, version, event.key, counted.value - later, payload, traceparent
      from unnest(${told('id')}::text[], ${told('name')}::text[], ${told('version')}::int[], ${told('key')}::text[],
        ${told('later')}::int[], ${told('payload')}::jsonb[], ${told('traceparent')}::text[])
        as event (id, name, version, key, later, payload, traceparent)
      join counted on counted.key = event.key
    ), noted as (
      insert into audit_entry (id, actor, actor_kind, action, subject, request_id, before, after)
      select * from unnest(${rows('id')}::text[], ${rows('actor')}::text[], ${rows('actorKind')}::text[],
        ${rows('action')}::text[], ${rows('subject')}::text[], ${rows('requestId')}::text[], ${rows('before')}::jsonb[],
        ${rows('after')}::jsonb[])
    )
    update idempotency_key set answer = ${answer?.json ?? null}::jsonb
    where principal = ${answer?.principal ?? null} and procedure = ${answer?.procedure ?? null} and key = ${answer?.key ?? null}`.execute(
    ctx.em.getKysely(),
  )
}

/** How many events of the same aggregate follow one. */
const later = (events: readonly EventRow[], index: number): number =>
  events.slice(index + 1).filter(({ key }) => key === events[index]?.key).length

/** The values of a column, objects as JSON. */
const columnsOf =
  <Row extends object>(rows: readonly Row[]) =>
  (name: keyof Row): unknown[] =>
    rows.map((row) => {
      const value = row[name]
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
    })
