import type { Context } from '../context.ts'
import { eventId } from '../outbox.ts'
import { inTransaction } from '../transaction.ts'

/** Rows of one statement, and statements of one turn: other schedules wait for it, the rest is for the next one. */
const BATCH = 2_000
const BATCHES = 5
const DAY_MS = 86_400_000

/**
 * Forgets events that every consumer has finished and that are old enough, then what the inbox knows of them. An event
 * that somebody still has to do, or has given up, stays. A schedule runs it.
 */
export async function prune(ctx: Context): Promise<void> {
  await repeat(() => pruneOutbox(ctx))
  await repeat(() => pruneInbox(ctx))
  await ctx.em.execute(`delete from worker_process where seen_at < now() - interval '1 day'`)
}

async function repeat(batch: () => Promise<number>): Promise<void> {
  for (let n = 0; n < BATCHES && (await batch()) >= BATCH; n++);
}

// Rows are found by their place: what is old and finished is never written again, and no plan reads the whole table.

/**
 * Ids are made in the order of time: this one is later than all that may be old enough. It narrows the search to the
 * beginning of an index; the database's clock decides.
 */
const notAfter = (ctx: Context, days: number) => eventId.earliest(new Date(ctx.now().getTime() - days * DAY_MS))

/** Holds events back from being pruned until the transaction ends: for who makes something to do of old ones. */
export const keepOutbox = (ctx: Context) =>
  ctx.em.execute(`select pg_advisory_xact_lock_shared(hashtext('prune-outbox'))`)

async function pruneOutbox(ctx: Context): Promise<number> {
  const { outboxDays: days } = ctx.config.retention
  return inTransaction(ctx, async ({ em }) => {
    await em.execute(`select pg_advisory_xact_lock(hashtext('prune-outbox'))`)
    const rows: unknown[] = await em.execute(
      `with unfinished as materialized (
         select event_id from inbox_entry where status in ('waiting', 'working')
         union all select event_id from inbox_entry where status = 'dead'
       )
       delete from outbox_event where ctid = any(array(
         select ctid from outbox_event event
         where id < ? and sent_at < now() - make_interval(days => ?)
           and not exists (select from unfinished where unfinished.event_id = event.id)
         order by id limit ?
       )) returning id`,
      [notAfter(ctx, days), days, BATCH],
    )
    return rows.length
  })
}

/** The inbox outlives the outbox, so that whatever is known of an event is known of all its consumers. */
async function pruneInbox(ctx: Context): Promise<number> {
  const { inboxDays: days } = ctx.config.retention
  const rows: unknown[] = await ctx.em.execute(
    `with recursive consumers as (
       (select consumer from inbox_entry order by consumer limit 1)
       union all
       select (select entry.consumer from inbox_entry entry where entry.consumer > consumers.consumer
         order by entry.consumer limit 1)
       from consumers where consumers.consumer is not null
     ), old as (
       select place from consumers cross join lateral (
         select ctid as place from inbox_entry
         where consumer = consumers.consumer and event_id < ? and status = 'done'
           and consumed_at < now() - make_interval(days => ?)
           and not exists (select from outbox_event event where event.id = inbox_entry.event_id)
         order by event_id limit ?
       ) entry
     )
     delete from inbox_entry where ctid = any(array(select place from old))
     returning event_id`,
    [notAfter(ctx, days), days, BATCH],
  )
  return rows.length
}
