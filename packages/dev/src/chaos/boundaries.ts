import { setTimeout as sleep } from 'node:timers/promises'
import { clientOf, fillAndPlace, patiently, type Shop } from './buyer.ts'
import type { Chance } from './chance.ts'
import type { Member } from './member.ts'
import type { Stage } from './stage.ts'

export interface Boundaries {
  /** How many ends of questions and answers a whole checkout has between the process and its database. */
  readonly counted: number
  /** At how many of them the process was killed. */
  readonly killed: number
}

/**
 * Kills the API, or a worker, at the boundaries of a checkout that `choose` picks from all there are, one checkout for
 * each: the message is lost, and the process with it. The buyer goes on asking until they are answered.
 */
export async function killAtBoundaries(
  stage: Stage,
  shop: Shop,
  chance: Chance,
  who: 'api' | 'worker',
  { choose, say }: { choose: (counted: number) => readonly number[]; say: (line: string) => void },
): Promise<Boundaries> {
  const [worker, ...others] = stage.workers
  if (worker === undefined) throw new Error('a shop has a worker')
  // The way to the database tells boundaries, not whose they are.
  for (const other of others) await other.stop()
  const member: Member = who === 'api' ? stage.api : worker
  const way = stage.ways[who]

  way.watch()
  await checkout(stage, shop, chance.for(`${who} undisturbed`), () => false)
  const counted = way.passed

  say(`${who}: ${counted} message boundaries in a checkout`)
  let killed = 0
  for (const boundary of choose(counted)) {
    let revival: Promise<void> | undefined
    way.watch(boundary, () => {
      killed += 1
      revival = member.kill().then(() => member.up())
    })
    await checkout(stage, shop, chance.for(`${who} ${boundary}`), () => revival !== undefined && who === 'worker')
    way.watch()
    await revival
    if (boundary % 10 === 0) say(`${who} killed at ${killed}, up to boundary ${boundary} of ${counted}`)
  }
  for (const other of others) await other.up()
  return { counted, killed }
}

/** From an empty cart to a confirmed order and its letter, or until `enough`; what is left the shop does later. */
async function checkout(stage: Stage, shop: Shop, chance: Chance, enough: () => boolean): Promise<void> {
  const order = await fillAndPlace(shop, clientOf(shop.url, { fetch: patiently }), chance, 'pm_card_visa')
  // Sold out: prices and stock are those of the whole run.
  if (order === undefined) return
  const done = `select 1 from outbox_event event join inbox_entry entry on entry.event_id = event.id
    where event.key = $1 and event.name = 'order.confirmed' and entry.consumer = 'mail' and entry.status = 'done'`
  for (const deadline = Date.now() + 60_000; !enough() && Date.now() < deadline; await sleep(25)) {
    if ((await stage.sql(done, [order.id])).length > 0) return
  }
}
