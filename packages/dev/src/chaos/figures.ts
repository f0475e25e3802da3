import { setTimeout as sleep } from 'node:timers/promises'
import { clientOf, fillAndPlace, type Shop, shopOnce } from './buyer.ts'
import type { Chance } from './chance.ts'
import type { Stage } from './stage.ts'

/** What a shop does when nothing is wrong, and how long a killed worker is missed. */
export interface Figures {
  /** From an event's commit to its consumer's, in ms, in a shop that is at work. */
  readonly toConsumer: { readonly p50: number; readonly p95: number; readonly events: number }
  /** Through relay and consumer, with one worker and with two. */
  readonly eventsPerSecond: Readonly<Record<1 | 2, number>>
  /** From the kill of a worker that was at a job to the job's end by another, in ms, with the settings a shop has by default. */
  readonly recoveryMs: number
}

const WARM_VISITS = 5
const CALM_MS = 15_000
/** Events that lie in the outbox at once, and how often. */
const BACKLOG = 5_000
const ROUNDS = 3

export async function measure(stage: Stage, shop: Shop, chance: Chance): Promise<Figures> {
  await atWork(stage, stage.workers.length)
  const toConsumer = await delay(stage, shop, chance)
  for (const worker of stage.workers) await worker.stop()
  const eventsPerSecond = { 1: await throughput(stage, 1), 2: await throughput(stage, 2) }
  const recoveryMs = await recovery(stage, shop, chance)
  for (const worker of stage.workers) await worker.up()
  return { toConsumer, eventsPerSecond, recoveryMs }
}

/** Waits until so many workers say that they live: a process takes a while to start. */
async function atWork(stage: Stage, workers: number): Promise<void> {
  const alive = `select 1 from worker_process where seen_at > now() - interval '20 seconds'`
  for (const deadline = Date.now() + 60_000; (await stage.sql(alive)).length < workers; await sleep(50))
    if (Date.now() > deadline) throw new Error(`${workers} workers are not at work after a minute`)
}

/** While two buyers buy, after a few visits that are not counted: a process is slow at what it does for the first time. */
async function delay(stage: Stage, shop: Shop, chance: Chance): Promise<Figures['toConsumer']> {
  const buy = (until: (visit: number) => boolean, what: string) =>
    Promise.all(
      [1, 2].map(async (number) => {
        for (let visit = 1; !until(visit); visit += 1) await shopOnce(shop, chance.for(`${what} ${number} ${visit}`))
      }),
    )
  await buy((visit) => visit > WARM_VISITS, 'warm')
  const [began] = await stage.sql<{ at: Date }>('select clock_timestamp() as at')
  const end = Date.now() + CALM_MS
  await buy(() => Date.now() >= end, 'calm')
  await sleep(2_000)
  const [figures] = await stage.sql<Figures['toConsumer']>(
    `select count(*)::int as events, round(percentile_cont(0.5) within group (order by ms))::int as p50,
       round(percentile_cont(0.95) within group (order by ms))::int as p95
     from (
       select extract(epoch from entry.consumed_at - event.occurred_at) * 1000 as ms
       from inbox_entry entry join outbox_event event on event.id = entry.event_id
       where event.occurred_at > $1 and entry.status = 'done' and entry.attempts = 1
     ) delays`,
    [began?.at],
  )
  if (figures === undefined) throw new Error('an aggregate has a row')
  return figures
}

/** The median of a few rounds, after a small one that has everybody at work. */
async function throughput(stage: Stage, workers: 1 | 2): Promise<number> {
  const hired = await Promise.all(Array.from({ length: workers }, () => stage.hire()))
  await atWork(stage, workers)
  await round(stage, { name: `0${workers}0`, events: BACKLOG / 10 })
  const speeds: number[] = []
  for (let number = 1; number <= ROUNDS; number += 1)
    speeds.push(await round(stage, { name: `0${workers}${number}`, events: BACKLOG }))
  await Promise.all(hired.map((worker) => worker.stop()))
  const median = speeds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]
  if (median === undefined) throw new Error('there were rounds')
  return Math.round(median)
}

/**
 * Events, of a hundred keys in turn, are committed at once. Answers how many a second went from the outbox to the last of
 * their consumers; whoever has nothing to do with one at the moment does not count.
 */
async function round(stage: Stage, { name, events }: { name: string; events: number }): Promise<number> {
  const kind = `category_${name}`
  await stage.sql(
    `with made as (
       select n, $1::text || lpad((n % 100)::text, 23, '0') as key from generate_series(1, $2::int) n
     ), counted as (
       insert into event_sequence (key, value) select key, count(*) from made group by key
     )
     insert into outbox_event (id, name, version, key, sequence, payload)
     select 'event_' || $3::text || lpad(n::text, 23, '0'), 'category.changed', 1, key,
       row_number() over (partition by key order by n), jsonb_build_object('categoryId', key, 'change', 'updated')
     from made`,
    [kind, events, name],
  )
  const left = `select 1 from outbox_event where sent_at is null and key like $1 || '%'
    union all select 1 from inbox_entry where status in ('waiting', 'working') and key like $1 || '%' limit 1`
  for (const deadline = Date.now() + 300_000; (await stage.sql(left, [kind])).length > 0; await sleep(200))
    if (Date.now() > deadline) throw new Error(`${events} events are not through after five minutes`)
  const [taken] = await stage.sql<{ seconds: number; events: number }>(
    `select extract(epoch from max(entry.consumed_at) - min(event.sent_at))::float8 as seconds,
       count(distinct event.id)::int as events
     from outbox_event event join inbox_entry entry on entry.event_id = event.id
     where event.key like $1 || '%' and entry.status = 'done' and entry.attempts > 0`,
    [kind],
  )
  if (taken === undefined || taken.events !== events) throw new Error('every event has a consumer that took it')
  return events / taken.seconds
}

/** A worker is killed while it takes an order's money. */
async function recovery(stage: Stage, shop: Shop, chance: Chance): Promise<number> {
  const normal = { WORKER_LEASE_SECONDS: '30', WORKER_GRACE_SECONDS: '10' }
  const [first, second] = [await stage.hire(normal), await stage.hire(normal)]
  await atWork(stage, 2)
  second.pause()
  await stage.payments.tell({ do: 'add_fault', fault: { operation: 'capture', kind: 'slow', delayMs: 4_500 } })
  const order = await fillAndPlace(shop, clientOf(stage.url), chance.for('recovery'), 'pm_card_visa')
  if (order === undefined) throw new Error('an order was placed')
  const until = async (query: string) => {
    for (const deadline = Date.now() + 120_000; (await stage.sql(query, [order.id])).length === 0; await sleep(20))
      if (Date.now() > deadline) throw new Error(`it never came: ${query}`)
  }
  await until(`select 1 from inbox_entry where consumer = 'order-processing' and key = $1 and status = 'working'`)
  await first.kill()
  const killed = Date.now()
  second.resume()
  await until(`select 1 from "order" where id = $1 and status = 'confirmed'`)
  const ms = Date.now() - killed
  await Promise.all([first.stop(), second.stop()])
  return ms
}
