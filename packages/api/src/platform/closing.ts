import { sql } from 'kysely'
import type { Context } from './context.ts'
import { ask, atOnce, type Given, type Question, statement } from './statement.ts'

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
 * The context for the last statement of a transaction, which commits it as well: a round trip less, and the locks are held
 * for so much shorter. What is written when the transaction closes comes after it, and is the last where there is any.
 * A statement that follows all the same fails.
 */
export const lastly = (ctx: Context): Context =>
  pending.has(ctx.marks) || ctx.isJoined ? ctx : { ...ctx, isLast: true }

/**
 * Writes what every change leaves behind, in one statement however much it is: who did what, the events with their
 * sequences, the answer to keep. A transaction calls it before it commits; earlier only where locks are to come last.
 */
export async function close(ctx: Context): Promise<void> {
  const closing = closingQuestion(ctx)
  if (closing !== undefined) await ask(ctx, closing)
}

/**
 * Closes a transaction in one round trip with what it writes itself, before and after that, and commits it, unless it has
 * joined another. For whoever has nothing in the unit of work.
 */
export async function closeWith(ctx: Context, before: Question<unknown>, ...after: Question<unknown>[]): Promise<void> {
  const closing = closingQuestion(ctx)
  const all = closing === undefined ? [before, ...after] : [before, closing, ...after]
  await atOnce({ ...ctx, isLast: !ctx.isJoined }, ...all)
}

/** Undefined where nothing is left to write. */
function closingQuestion(ctx: Context): Question<unknown> | undefined {
  const closing = pending.get(ctx.marks)
  if (closing === undefined) return undefined
  pending.delete(ctx.marks)
  const { audit, events, answer } = closing
  const rows = columnsOf(audit)
  const told = columnsOf(events.map((event, index) => ({ ...event, later: later(events, index) })))
  return write.of({ rows, told, answer })
}

interface Written {
  readonly rows: (name: keyof AuditRow) => unknown[]
  readonly told: (name: keyof EventRow | 'later') => unknown[]
  readonly answer: Answer | null
}

// Sequences are taken in the order of their keys, so that two transactions that share several do not wait for each other.
const write = statement((given: Given<Written>) => {
  const row = (name: keyof AuditRow) => given(({ rows }) => rows(name))
  const event = (name: keyof EventRow | 'later') => given(({ told }) => told(name))
  const kept = (name: keyof Answer) => given(({ answer }) => answer?.[name] ?? null)
  return sql`
    with counted as (
      insert into event_sequence (key, value)
      select key, count(*) from unnest(${event('key')}::text[]) as event (key) group by key order by key
      on conflict (key) do update set value = event_sequence.value + excluded.value
      returning key, value
    ), published as (
      insert into outbox_event (id, name, version, key, sequence, payload, traceparent)
      select event.id, name, version, event.key, counted.value - later, payload, traceparent
      from unnest(${event('id')}::text[], ${event('name')}::text[], ${event('version')}::int[], ${event('key')}::text[],
        ${event('later')}::int[], ${event('payload')}::jsonb[], ${event('traceparent')}::text[])
        as event (id, name, version, key, later, payload, traceparent)
      join counted on counted.key = event.key
    ), noted as (
      insert into audit_entry (id, actor, actor_kind, action, subject, request_id, before, after)
      select * from unnest(${row('id')}::text[], ${row('actor')}::text[], ${row('actorKind')}::text[],
        ${row('action')}::text[], ${row('subject')}::text[], ${row('requestId')}::text[], ${row('before')}::jsonb[],
        ${row('after')}::jsonb[])
    )
    update idempotency_key set answer = ${kept('json')}::jsonb
    where principal = ${kept('principal')} and procedure = ${kept('procedure')} and key = ${kept('key')}`
})

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
