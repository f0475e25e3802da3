import { defineEntity, p } from '@mikro-orm/core'
import { createdAt, id } from '../columns.ts'
import { idOf } from '../ids.ts'

/** A consumer as the newest worker has declared it. Those that no worker runs any more stay, with their replays counted. */
export const EventConsumerSchema = defineEntity({
  name: 'EventConsumer',
  properties: {
    name: p.string().length(64).collation('C').primary(),
    events: p.array<string>(),
    /** Whether stored events may be handed to it again. */
    replayable: p.boolean(),
    /** The number of its last replay. */
    replays: p.integer().default(0),
  },
})
export class EventConsumer extends EventConsumerSchema.class {}
EventConsumerSchema.setClass(EventConsumer)

export const workerId = idOf('worker')
export type WorkerId = ReturnType<typeof workerId.new>

/** A worker process, from its start to its end; one that was killed is forgotten after a day. */
export const WorkerProcessSchema = defineEntity({
  name: 'WorkerProcess',
  properties: {
    id: id(workerId),
    consumers: p.array<string>(),
    startedAt: createdAt(),
    /** When it last said that it lives. */
    seenAt: createdAt(),
  },
})
export class WorkerProcess extends WorkerProcessSchema.class {}
WorkerProcessSchema.setClass(WorkerProcess)
