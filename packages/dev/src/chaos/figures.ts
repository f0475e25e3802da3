import { setTimeout as sleep } from 'node:timers/promises'
import { clientOf, fillAndPlace, type Shop, shopOnce } from './buyer.ts'
import type { Chance } from './chance.ts'
import type { Stage } from './stage.ts'

/** What a shop does when nothing is wrong, and how long a killed worker is missed. */
export interface Figures {
  /** From an event's commit to its consumer's, in ms. */
  readonly toConsumer: { readonly p50: number; readonly p95: number; readonly events: number }
  /** Through relay and consumer, with one worker and with two. */
  readonly eventsPerSecond: Readonly<Record<1 | 2, number>>
  /** From the kill of a worker that was at a job to the job's end by another, in ms, with the settings a shop has by default. */
  readonly recoveryMs: number
}

const CALM_MS = 15_000
const EVENTS = 2_000

export async function measure(stage: Stage, shop: Shop, chance: Chance): Promise<Figures> {
  const toConsumer = await delay(stage, shop, chance)
  for (const worker of stage.workers) await worker.stop()
  const eventsPerSecond = { 1: await throughput(stage, 1), 2: await throughput(stage, 2) }
  const recoveryMs = await recovery(stage, shop, chance)
  for (const worker of stage.workers) await worker.up()
  return { toConsumer, eventsPerSecond, recoveryMs }
}

/** While two buyers buy. */
async function delay(stage: Stage, shop: Shop, chance: Chance): Promise<Figures['toConsumer']> {
  const [began] = await stage.sql<{ at: Date }>('select clock_timestamp() as at')
  const until = Date.now() + CALM_MS
  await Promise.all(
    [1, 2].map(async (number) => {
      for (let visit = 1; Date.now() < until; visit += 1) await shopOnce(shop, chance.for(`calm ${number} ${visit}`))
    }),
  )
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

/** Events lie in the outbox when the workers start, a hundred of each key. */
async function throughput(stage: Stage, workers: 1 | 2): Promise<number> {
  const kind = `category_0${String(workers).padStart(3, '0')}`
  await stage.sql(
    `with made as (
       select n, $1::text || lpad((n % 100)::text, 22, '0') as key from generate_series(1, $2::int) n
     ), counted as (
       insert into event_sequence (key, value) select key, count(*) from made group by key
     )
     insert into outbox_event (id, name, version, key, sequence, payload)
     select 'event_0' || $3::text || lpad(n::text, 24, '0'), 'category.changed', 1, key,
       row_number() over (partition by key order by n), jsonb_build_object('categoryId', key, 'change', 'updated')
     from made`,
    [kind, EVENTS, String(workers)],
  )
  const hired = await Promise.all(Array.from({ length: workers }, () => stage.hire()))
  const mine = `from outbox_event event join inbox_entry entry on entry.event_id = event.id where event.key like $1 || '%'`
  for (let left = EVENTS; left > 0; await sleep(200)) {
    const [row] = await stage.sql<{ left: number }>(
      `select $2::int - count(*) filter (where entry.status = 'done')::int as left ${mine}`,
      [kind, EVENTS],
    )
    left = row?.left ?? 0
  }
  const [taken] = await stage.sql<{ seconds: number }>(
    `select extract(epoch from max(entry.consumed_at) - min(event.sent_at))::float as seconds ${mine}`,
    [kind],
  )
  await Promise.all(hired.map((worker) => worker.stop()))
  return Math.round(EVENTS / (taken?.seconds ?? Number.NaN))
}

/** A worker is killed while it takes an order's money. */
async function recovery(stage: Stage, shop: Shop, chance: Chance): Promise<number> {
  const normal = { WORKER_LEASE_SECONDS: '30', WORKER_GRACE_SECONDS: '10' }
  const [first, second] = [await stage.hire(normal), await stage.hire(normal)]
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
