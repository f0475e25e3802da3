import { z } from 'zod'
import { Moment } from '../moment.ts'
import { eventId } from '../outbox.ts'
import { pageInput } from '../pages.ts'
import { line } from '../text.ts'

export const EventView = z.object({
  id: eventId.schema,
  name: z.string(),
  version: z.int(),
  /** The aggregate's id. */
  key: z.string(),
  /** Counts the events of one key. */
  sequence: z.int(),
  payload: z.unknown(),
  occurredAt: z.date(),
  /** When it left the outbox; null until then. */
  sentAt: z.date().nullable(),
})
export type EventView = z.infer<typeof EventView>

const eventFilters = {
  name: line(100).optional(),
  key: line(64).optional(),
  /** From this moment on. */
  from: Moment.optional(),
  /** Before this moment. */
  until: Moment.optional(),
}

export const ListEvents = z.strictObject({ ...pageInput, ...eventFilters })
export type ListEvents = z.infer<typeof ListEvents>

const deadFilters = {
  eventId: eventId.schema.optional(),
  consumer: line(64).optional(),
  /** Of the event. */
  name: line(100).optional(),
}

export const ListDeadLetters = z.strictObject({ ...pageInput, ...deadFilters })
export type ListDeadLetters = z.infer<typeof ListDeadLetters>

export const DeadLetterView = z.object({
  eventId: eventId.schema,
  consumer: z.string(),
  /** 0, or the number of the replay it belongs to. */
  replay: z.int(),
  name: z.string(),
  key: z.string(),
  sequence: z.int(),
  /** Of the last try. */
  error: z.string().nullable(),
  /** Since it came, or since it was last re-driven. */
  attempts: z.int(),
  redrives: z.int(),
  /** When it was given up. */
  since: z.date(),
})
export type DeadLetterView = z.infer<typeof DeadLetterView>

const MAX_REDRIVE = 250

export const Redrive = z
  .strictObject({ ...deadFilters, limit: z.int().min(1).max(MAX_REDRIVE).default(MAX_REDRIVE) })
  .refine(({ eventId, consumer, name }) => eventId ?? consumer ?? name, {
    path: ['consumer'],
    message: 'or name or eventId must say which',
  })
export type Redrive = z.infer<typeof Redrive>

/** `more`: there are others like them, for another call. */
export const Redriven = z.object({ redriven: z.int(), more: z.boolean() })
export type Redriven = z.infer<typeof Redriven>

const MAX_REPLAY = 1_000

export const Replay = z.strictObject({
  consumer: line(64),
  ...eventFilters,
  /** What the call before answered as `next`: goes on with the same replay. The filters must be the same. */
  cursor: z.string().min(1).max(512).optional(),
  limit: z.int().min(1).max(MAX_REPLAY).default(MAX_REPLAY),
})
export type Replay = z.infer<typeof Replay>

/** `events`: how many this call has handed over. `next`: where the rest begins; null when there is none. */
export const Replayed = z.object({ replay: z.int(), events: z.int(), next: z.string().nullable() })
export type Replayed = z.infer<typeof Replayed>

const MAX_RETIRE = 10_000

export const Retire = z.strictObject({
  consumer: line(64),
  limit: z.int().min(1).max(MAX_RETIRE).default(MAX_RETIRE),
})
export type Retire = z.infer<typeof Retire>

/** `discarded`: what nobody had done; `forgotten`: that and what was done. `more`: there is more, for another call. */
export const Retired = z.object({ discarded: z.int(), forgotten: z.int(), more: z.boolean() })
export type Retired = z.infer<typeof Retired>

export const QueuesView = z.object({
  /** Worker processes that are alive. */
  workers: z.int(),
  relay: z.object({
    /** Events that have not left the outbox. */
    unsent: z.int(),
    /** Of the oldest of them, in seconds; null when there is none. */
    ageSeconds: z.number().nullable(),
  }),
  consumers: z.array(
    z.object({
      name: z.string(),
      events: z.array(z.string()),
      replayable: z.boolean(),
      /** Living worker processes that run it. */
      workers: z.int(),
      /** Events it has to do or is doing. */
      depth: z.int(),
      /** How long the oldest of them has been in its queue, in seconds; null when there is none. */
      ageSeconds: z.number().nullable(),
      /** How many of them have failed at least once. */
      failing: z.int(),
      /** Events it has given up. */
      dead: z.int(),
    }),
  ),
})
export type QueuesView = z.infer<typeof QueuesView>

export const NoInput = z.strictObject({}).optional()
