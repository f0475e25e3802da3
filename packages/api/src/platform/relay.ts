import type { Context } from './context.ts'
import type { EventId } from './outbox.ts'
import { inTransaction } from './transaction.ts'

/** Who wants to hear of which events. */
export interface Subscription {
  readonly consumer: string
  readonly events: readonly string[]
}

/** An event that has left the outbox. */
export interface Sent {
  readonly id: EventId
  readonly name: string
  readonly key: string
  readonly sequence: number
  readonly traceparent: string | null
}

/** How many unsent events one round looks at. */
const BATCH = 500

/**
 * Takes unsent events out of the outbox, a batch at a time, and makes an inbox row for each consumer that wants them.
 * Answers them with those of one key in their order.
 * Several relays may run: each takes whole keys, so that the events of one key enter the inbox in their order.
 */
export async function relay(ctx: Context, subscriptions: readonly Subscription[]): Promise<Sent[]> {
  return inTransaction(ctx, async ({ em }) => {
    const taken: { key: string }[] = await em.execute(
      `select key from (
         select distinct key from (select key from outbox_event where sent_at is null order by id limit ?) unsent
       ) keys where pg_try_advisory_xact_lock(hashtextextended('relay ' || key, 0))`,
      [BATCH],
    )
    if (taken.length === 0) return []
    const sent: Sent[] = await em.execute(
      `update outbox_event set sent_at = now() where sent_at is null and key in (?) returning id, name, key, sequence, traceparent`,
      [taken.map(({ key }) => key)],
    )
    for (const { consumer, events } of subscriptions) {
      const wanted = sent.filter((event) => events.includes(event.name)).map((event) => event.id)
      if (wanted.length === 0) continue
      await em.execute(
        `insert into inbox_entry (consumer, event_id, key, sequence)
         select ?, id, key, sequence from outbox_event where id in (?) on conflict do nothing`,
        [consumer, wanted],
      )
    }
    return sent.sort((a, b) => a.sequence - b.sequence)
  })
}
