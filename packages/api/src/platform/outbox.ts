import { defineEntity, p } from '@mikro-orm/core'
import type { z } from 'zod'
import { noteChange } from './changes.ts'
import { closingOf } from './closing.ts'
import { createdAt, id } from './columns.ts'
import type { Context } from './context.ts'
import type { EventContract } from './event-contract.ts'
import { idOf } from './ids.ts'

export const eventId = idOf('event')
export type EventId = ReturnType<typeof eventId.new>

/** An event as a consumer gets it. */
export interface Event<C extends EventContract = EventContract> {
  readonly id: EventId
  readonly name: C['name']
  readonly version: number
  /** The aggregate's id: events of one key are consumed in the order of their sequence. */
  readonly key: string
  readonly sequence: number
  readonly payload: z.output<C['payload']>
  readonly occurredAt: Date
  /** What caused it, for those who follow it. */
  readonly traceparent: string | null
}

export const OutboxEventSchema = defineEntity({
  name: 'OutboxEvent',
  properties: {
    id: id(eventId),
    name: p.string().length(100),
    version: p.smallint(),
    key: p.string().length(64).collation('C'),
    sequence: p.bigint('number'),
    payload: p.json<object>(),
    occurredAt: createdAt(),
    /** What caused it, as W3C Trace Context names it; null when nothing was traced. */
    traceparent: p.string().length(55).collation('C').nullable(),
    /** When the transport took it; null until then. */
    sentAt: p.datetime(3).nullable(),
  },
  uniques: [{ properties: ['key', 'sequence'] }],
  indexes: [
    { properties: ['name', 'id'] },
    {
      name: 'outbox_event_unsent',
      expression: 'create index outbox_event_unsent on outbox_event (id) where sent_at is null',
    },
  ],
})
export class OutboxEvent extends OutboxEventSchema.class {}
OutboxEventSchema.setClass(OutboxEvent)

/**
 * The last sequence of each aggregate. Its row lock puts the events of one aggregate in the order of their commits. Rows
 * stay when the events are pruned: an aggregate that counted from 1 again would have its events before older ones.
 */
export const EventSequenceSchema = defineEntity({
  name: 'EventSequence',
  properties: {
    key: p.string().length(64).collation('C').primary(),
    value: p.bigint('number'),
  },
})
export class EventSequence extends EventSequenceSchema.class {}
EventSequenceSchema.setClass(EventSequence)

/**
 * Publishes a fact, in the transaction of the change it tells of: it is sent if and only if that commits. Its sequence is
 * taken when the transaction closes, so the aggregate's own row has to be locked or written by then.
 */
export async function publish<C extends EventContract>(
  ctx: Context,
  contract: C,
  key: string,
  payload: z.input<C['payload']>,
): Promise<void> {
  closingOf(ctx).events.push({
    id: eventId.new(),
    name: contract.name,
    version: contract.version,
    key,
    // zod's output of an object schema is an object; the contract's payload is declared wider than that.
    payload: contract.payload.parse(payload) as object,
    traceparent: ctx.tracing.current() ?? null,
  })
  noteChange(ctx, key)
}
