import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../context.ts'
import { eventId, type OutboxEventSchema } from '../outbox.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../pages.ts'
import type { EventView, ListEvents } from './schema.ts'

/** What has happened, newest first, as far back as the outbox goes. */
export async function list(ctx: Context, input: ListEvents): Promise<Page<EventView>> {
  let rows = ctx.em
    .getKysely<InferKyselyDB<typeof OutboxEventSchema>>()
    .selectFrom('outbox_event')
    .select(['id', 'name', 'version', 'key', 'sequence', 'payload', 'occurred_at as occurredAt', 'sent_at as sentAt'])
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.name !== undefined) rows = rows.where('name', '=', input.name)
  if (input.key !== undefined) rows = rows.where('key', '=', input.key)
  if (input.from !== undefined) rows = rows.where('occurred_at', '>=', input.from)
  if (input.until !== undefined) rows = rows.where('occurred_at', '<', input.until)
  if (input.cursor !== undefined) {
    const [id] = decodeCursor(input.cursor, 'newest', [eventId.schema])
    rows = rows.where('id', '<', id)
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('newest', [row.id]),
    (row) => row,
  )
}
