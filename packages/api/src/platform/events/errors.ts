import { z } from 'zod'
import { conflict, notFound } from '../errors.ts'

export const deadLetterNotFound = notFound('dead_letter_not_found', 'No consumer has given this event up.')
export const consumerNotFound = notFound('consumer_not_found', 'No worker has declared such a consumer.')
export const notReplayable = conflict(
  'not_replayable',
  'This consumer takes no event a second time: what it does cannot be done twice.',
  z.object({ consumer: z.string() }),
)
