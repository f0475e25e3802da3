import type { Invariant } from './invariant.ts'

export const outboxInvariants: readonly Invariant[] = [
  {
    id: 'I7',
    sentence: 'Every event has left the outbox.',
    when: 'at rest',
    sql: 'select id from outbox_event where sent_at is null',
  },
  {
    id: 'I7',
    sentence: 'No event comes after the last of its aggregate.',
    when: 'always',
    sql: `select event.id from outbox_event event left join event_sequence last using (key)
      where last.value is null or event.sequence > last.value`,
  },
  {
    id: 'I7',
    sentence: 'Every event that left the outbox is in the inbox of each consumer that takes its kind.',
    when: 'always',
    // Who takes what is read off the inbox itself: since its first event of a kind a consumer gets every one. A replay may
    // have handed it some from before.
    sql: `with takes as (
        select entry.consumer, event.name, min(event.sent_at) as since
        from inbox_entry entry join outbox_event event on event.id = entry.event_id
        where entry.replay = 0 group by 1, 2
      )
      select event.id || ' for ' || takes.consumer as id
      from outbox_event event join takes on takes.name = event.name and event.sent_at > takes.since
      where not exists (
        select 1 from inbox_entry entry where entry.consumer = takes.consumer and entry.event_id = event.id
      )`,
  },
  {
    id: 'I7',
    sentence: 'Every consumer has finished every event, and given none up.',
    when: 'at rest',
    sql: `select event_id || ' for ' || consumer as id from inbox_entry where status <> 'done'`,
  },
]
