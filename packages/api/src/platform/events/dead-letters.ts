import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { z } from 'zod'
import type { Context } from '../context.ts'
import type { InboxEntrySchema } from '../inbox.ts'
import { eventId, type OutboxEventSchema } from '../outbox.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../pages.ts'
import { line } from '../text.ts'
import type { DeadLetterView, ListDeadLetters } from './schema.ts'

const position = [eventId.schema, line(64), z.int32()] as const

/** What consumers have given up, the newest events first. */
export async function deadLetters(ctx: Context, input: ListDeadLetters): Promise<Page<DeadLetterView>> {
  let rows = ctx.em
    .getKysely<InferKyselyDB<typeof InboxEntrySchema | typeof OutboxEventSchema>>()
    .selectFrom('inbox_entry as i')
    .innerJoin('outbox_event as e', 'e.id', 'i.event_id')
    .select(['i.event_id as eventId', 'i.consumer', 'i.replay', 'e.name', 'i.key', 'i.sequence'])
    .select(['i.error', 'i.attempts', 'i.redrives', 'i.due_at as since'])
    .where('i.status', '=', 'dead')
    .orderBy('i.event_id', 'desc')
    .orderBy('i.consumer', 'desc')
    .orderBy('i.replay', 'desc')
    .limit(input.limit + 1)
  if (input.eventId !== undefined) rows = rows.where('i.event_id', '=', input.eventId)
  if (input.consumer !== undefined) rows = rows.where('i.consumer', '=', input.consumer)
  if (input.name !== undefined) rows = rows.where('e.name', '=', input.name)
  if (input.cursor !== undefined) {
    const [id, consumer, replay] = decodeCursor(input.cursor, 'newest', position)
    rows = rows.where((eb) =>
      eb(eb.refTuple('i.event_id', 'i.consumer', 'i.replay'), '<', eb.tuple(id, consumer, replay)),
    )
  }
  const cursorOf = (row: DeadLetterView) => encodeCursor('newest', [row.eventId, row.consumer, row.replay])
  return toPage(await rows.execute(), input.limit, cursorOf, (row) => row)
}
