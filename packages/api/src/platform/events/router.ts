import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../pages.ts'
import { mutation, query } from '../trpc.ts'
import { deadLetters } from './dead-letters.ts'
import { consumerNotFound, consumerRunning, deadLetterNotFound, notReplayable, noWorkerAlive } from './errors.ts'
import { list } from './list.ts'
import { queues } from './queues.ts'
import { redrive } from './redrive.ts'
import { replay } from './replay.ts'
import { retire } from './retire.ts'
import {
  DeadLetterView,
  EventView,
  ListDeadLetters,
  ListEvents,
  NoInput,
  QueuesView,
  Redrive,
  Redriven,
  Replay,
  Replayed,
  Retire,
  Retired,
} from './schema.ts'

export const eventRouter = {
  list: query(
    {
      access: 'events:read',
      rest: 'GET /events',
      summary: 'What has happened, newest first, as far back as events are kept.',
      input: ListEvents,
      output: pageOf(EventView),
    },
    list,
  ),
  queues: query(
    {
      access: 'events:read',
      rest: 'GET /event-queues',
      summary: 'How the work on events stands: depth, age, failures and living workers of each consumer.',
      input: NoInput,
      output: QueuesView,
    },
    queues,
  ),
  deadLetters: query(
    {
      access: 'events:read',
      rest: 'GET /dead-letters',
      summary: 'Events that a consumer has given up, with its last error, newest first.',
      input: ListDeadLetters,
      output: pageOf(DeadLetterView),
    },
    deadLetters,
  ),
  redrive: mutation(
    {
      access: 'events:write',
      rest: 'POST /dead-letters/redrive',
      summary: 'Has consumers try again what they gave up: one event, or those of a consumer or a name.',
      input: Redrive,
      output: Redriven,
      errors: [deadLetterNotFound],
    },
    redrive,
  ),
  replay: mutation(
    {
      access: 'events:write',
      rest: 'POST /events/replay',
      summary: 'Hands stored events again to one consumer that allows it; `next` goes on where a call ended.',
      input: Replay,
      output: Replayed,
      errors: [consumerNotFound, notReplayable],
    },
    replay,
  ),
  retire: mutation(
    {
      access: 'events:write',
      rest: 'POST /event-queues/retire',
      summary: 'Forgets a consumer that the shop no longer has, with what still waited for it and what it gave up.',
      input: Retire,
      output: Retired,
      errors: [consumerNotFound, consumerRunning, noWorkerAlive],
    },
    retire,
  ),
} satisfies TRPCRouterRecord
