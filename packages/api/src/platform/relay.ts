import { sql } from 'kysely'
import type { Context } from './context.ts'
import type { EventId } from './outbox.ts'
import { inTransaction, unhurried } from './transaction.ts'

/** Who wants to hear of which events. */
export interface Subscription {
  readonly consumer: string
  readonly events: readonly string[]
  /** Of these, what it has something to do with at the moment; all of them when left out. The others are done at once. */
  readonly awaited?: ((ctx: Context) => Promise<readonly string[]>) | undefined
}

/** An event that has left the outbox. */
export interface Sent {
  readonly id: EventId
  readonly name: string
  readonly key: string
  readonly sequence: number
  readonly traceparent: string | null
  /** Who has something to do with it. */
  readonly consumers: readonly string[]
}

/** How many unsent events one round looks at. */
const BATCH = 500

/**
 * Takes unsent events out of the outbox, a batch at a time, and makes an inbox row for each consumer that wants them.
 * Answers them with those of one key in their order.
 * Several relays may run: each takes whole keys, so that the events of one key enter the inbox in their order.
 */
export async function relay(ctx: Context, subscriptions: readonly Subscription[]): Promise<Sent[]> {
  return inTransaction(ctx, async (ctx) => {
    const db = ctx.em.getKysely()
    const taken = await sql<{ key: string }>`
      select key from (
        select distinct key from (select key from outbox_event where sent_at is null order by id limit ${BATCH}) unsent
      ) keys, (${unhurried}) unhurried where pg_try_advisory_xact_lock(hashtextextended('relay ' || key, 0))`.execute(
      db,
    )
    if (taken.rows.length === 0) return []
    const { rows: sent } = await sql<Omit<Sent, 'consumers'>>`
      update outbox_event set sent_at = now()
      where sent_at is null and key = any (${taken.rows.map(({ key }) => key)})
      returning id, name, key, sequence, traceparent`.execute(db)
    const consumers = new Map<EventId, string[]>(sent.map(({ id }) => [id, []]))
    for (const { consumer, events, awaited } of subscriptions) {
      const wanted = sent.filter((event) => events.includes(event.name))
      if (wanted.length === 0) continue
      // Asked for once the events are taken: whoever began to wait for one before it happened is seen.
      const names = (await awaited?.(ctx)) ?? events
      const [toDo, nothing] = [
        wanted.filter(({ name }) => names.includes(name)),
        wanted.filter(({ name }) => !names.includes(name)),
      ]
      await enter(ctx, consumer, toDo, 'waiting')
      await enter(ctx, consumer, nothing, 'done')
      for (const { id } of toDo) consumers.get(id)?.push(consumer)
    }
    return sent
      .sort((a, b) => a.sequence - b.sequence)
      .map((event) => ({ ...event, consumers: consumers.get(event.id) ?? [] }))
  })
}

async function enter(
  { em }: Context,
  consumer: string,
  events: readonly Pick<Sent, 'id'>[],
  status: 'waiting' | 'done',
): Promise<void> {
  if (events.length === 0) return
  await sql`
    insert into inbox_entry (consumer, event_id, key, sequence, status, consumed_at)
    select ${consumer}, id, key, sequence, ${status}, case when ${status} = 'done' then now() end
    from outbox_event where id = any (${events.map(({ id }) => id)})
    on conflict do nothing`.execute(em.getKysely())
}
