import type { Figure } from '../observe/figures.ts'
import { ALIVE_SECONDS } from './workers.ts'

/** How the work on events stands. */
export const eventFigures: readonly Figure[] = [
  {
    sql: `select count(*)::int as unsent,
        coalesce(extract(epoch from clock_timestamp() - min(occurred_at)), 0)::float8 as age
      from outbox_event where sent_at is null`,
    gauges: {
      unsent: { name: 'barrow_outbox_unsent', help: 'Events that have not left the outbox.' },
      age: { name: 'barrow_outbox_age_seconds', help: 'How long the oldest of them has been there.' },
    },
  },
  {
    sql: `select declared.name as consumer, count(entry.event_id)::int as depth,
        coalesce(extract(epoch from clock_timestamp() - min(entry.queued_at)), 0)::float8 as age,
        count(*) filter (where entry.status = 'waiting' and entry.attempts > 0)::int as failing
      from event_consumer declared
      left join inbox_entry entry on entry.consumer = declared.name and entry.status in ('waiting', 'working')
      group by declared.name`,
    label: 'consumer',
    gauges: {
      depth: { name: 'barrow_queue_depth', help: 'Events that a consumer has not finished.' },
      age: { name: 'barrow_queue_age_seconds', help: 'How long the oldest of them has waited.' },
      failing: { name: 'barrow_queue_failing', help: 'Those of them that failed and will be tried again.' },
    },
  },
  {
    sql: `select declared.name as consumer, count(entry.event_id)::int as dead
      from event_consumer declared
      left join inbox_entry entry on entry.consumer = declared.name and entry.status = 'dead'
      group by declared.name`,
    label: 'consumer',
    gauges: {
      dead: { name: 'barrow_dead_letters', help: 'Events that a consumer gave up, until somebody re-drives them.' },
    },
  },
  {
    sql: `select count(*)::int as workers from worker_process
      where seen_at > now() - make_interval(secs => ${ALIVE_SECONDS})`,
    gauges: { workers: { name: 'barrow_workers', help: 'Workers that said lately that they live.' } },
  },
]
