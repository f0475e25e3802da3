import { z } from 'zod'
import { conflict, notFound } from '../errors.ts'

export const deadLetterNotFound = notFound('dead_letter_not_found', 'No consumer has given this event up.')
export const consumerNotFound = notFound('consumer_not_found', 'No worker has declared such a consumer.')
export const consumerRunning = conflict(
  'consumer_running',
  'A living worker runs this consumer: it is retired once no worker has it any more.',
  z.object({ consumer: z.string(), workers: z.int() }),
)
export const noWorkerAlive = conflict(
  'no_worker_alive',
  'No worker is alive: only they tell which consumers the shop has.',
)
export const notReplayable = conflict(
  'not_replayable',
  'This consumer takes no event a second time: what it does cannot be done twice.',
  z.object({ consumer: z.string() }),
)
