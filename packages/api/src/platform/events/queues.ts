import type { Context } from '../context.ts'
import type { QueuesView } from './schema.ts'
import { ALIVE_SECONDS } from './workers.ts'

/** How the work on events stands, by the database's clock: of the relay, and of each consumer that is declared or has work. */
export async function queues(ctx: Context): Promise<QueuesView> {
  const [relay]: (QueuesView['relay'] & { workers: number })[] = await ctx.em.execute(
    `select count(*)::int as unsent, extract(epoch from clock_timestamp() - min(occurred_at))::float8 as "ageSeconds",
       (select count(*)::int from worker_process where ${alive}) as workers
     from outbox_event where sent_at is null`,
    [ALIVE_SECONDS],
  )
  if (relay === undefined) throw new Error('a count came back empty')
  const consumers: QueuesView['consumers'] = await ctx.em.execute(
    `select coalesce(declared.name, open.name, given_up.name) as name, coalesce(events, '{}') as events,
       coalesce(replayable, false) as replayable, coalesce(depth, 0) as depth,
       extract(epoch from clock_timestamp() - oldest)::float8 as "ageSeconds",
       coalesce(failing, 0) as failing, coalesce(dead, 0) as dead,
       (select count(*)::int from worker_process
        where ${alive} and coalesce(declared.name, open.name, given_up.name) = any(consumers)) as workers
     from event_consumer declared
     full join (
       select consumer as name, count(*)::int as depth, min(queued_at) as oldest,
         count(*) filter (where status = 'waiting' and attempts > 0)::int as failing
       from inbox_entry where status in ('waiting', 'working') group by consumer
     ) open on open.name = declared.name
     full join (
       select consumer as name, count(*)::int as dead from inbox_entry where status = 'dead' group by consumer
     ) given_up on given_up.name = coalesce(declared.name, open.name)
     order by 1`,
    [ALIVE_SECONDS],
  )
  const { workers, ...lag } = relay
  return { workers, relay: lag, consumers }
}

const alive = 'seen_at > now() - make_interval(secs => ?)'
