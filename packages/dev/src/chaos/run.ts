import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Boundaries, killAtBoundaries } from './boundaries.ts'
import { type Shop, shopOnce } from './buyer.ts'
import { type Chance, createChance } from './chance.ts'
import { faultsOf } from './faults.ts'
import { type Figures, measure } from './figures.ts'
import { stock } from './goods.ts'
import { createHistory, type History } from './history.ts'
import { comeToRest } from './quiesce.ts'
import { type RaceSizes, race } from './races.ts'
import { workOnce } from './staff.ts'
import { openStage, type Stage, type TransportName } from './stage.ts'
import { type Finding, judge } from './verdict.ts'

export interface ChaosOptions {
  readonly transport: TransportName
  readonly seed: number
  /** It ends after so many faults, or so many minutes, whatever comes first. */
  readonly faults: number
  readonly minutes: number
  readonly buyers: number
  readonly workers: number
  /** Measures first what the shop does undisturbed. */
  readonly figures?: boolean
  /** Kills these at the boundaries of a checkout that are chosen, of all that were counted, before the faults. */
  readonly boundaries?: {
    readonly of: readonly ('api' | 'worker')[]
    readonly choose: (counted: number) => readonly number[]
  }
  /** What happens at once: buyers of the last units, changes to a cart that is being paid, and the like. */
  readonly races?: RaceSizes
  readonly folder: string
  readonly say: (line: string) => void
}

export interface ChaosReport {
  readonly findings: readonly Finding[]
  readonly figures: Figures | undefined
  readonly boundaries: Readonly<Partial<Record<'api' | 'worker', Boundaries>>>
  /** How many of each fault struck. */
  readonly struck: Readonly<Record<string, number>>
  readonly orders: {
    readonly placed: number
    readonly confirmed: number
    readonly refused: number
    readonly asked: number
  }
  readonly surprises: readonly string[]
  /** How long the shop took to come to rest, in ms. */
  readonly restMs: number
}

/** Lets buyers buy and staff work while faults strike, then waits until the shop is at rest, and judges it. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { say, folder } = options
  await using stage = await openStage(options)
  // What is measured must not end because everything is sold; under faults things do run out.
  const goods = await stock(stage, { onHand: options.boundaries || options.figures ? 5_000 : 40 })
  const history = createHistory(join(folder, 'history.jsonl'))
  const shop = { url: stage.url, goods, history }
  const chance = createChance(options.seed)

  const figures = options.figures ? await measure(stage, shop, chance.for('figures')) : undefined
  const boundaries: Partial<Record<'api' | 'worker', Boundaries>> = {}
  const { of = [], choose = () => [] } = options.boundaries ?? {}
  for (const who of of) boundaries[who] = await killAtBoundaries(stage, shop, chance, who, { choose, say })
  const raced = options.races && (await race({ stage, shop, chance: chance.for('races'), sizes: options.races }, say))
  const struck = await disturb(stage, shop, chance, options)

  await heal(stage)
  for (const placement of history.placements) if (placement.outcome === 'unknown') await placement.repeat()
  say('At rest?')
  const rest = await comeToRest(stage)
  const findings = [...(await judge(stage, history, rest)), ...((await raced?.()) ?? [])]
  const [counts] = await stage.sql<{ placed: number; confirmed: number }>(
    `select count(*)::int as placed, count(*) filter (where exists (
       select 1 from order_moment m where m.order_id = o.id and m.what = 'confirmed'))::int as confirmed from "order" o`,
  )
  const ends = [stage.api, ...stage.workers].flatMap(({ name, ownEnds }) =>
    ownEnds.map((end) => `${name} ended: ${end}`),
  )
  return {
    findings,
    figures,
    boundaries,
    struck,
    orders: {
      placed: counts?.placed ?? 0,
      confirmed: counts?.confirmed ?? 0,
      refused: history.placements.filter(({ outcome }) => outcome === 'refused').length,
      asked: history.placements.length,
    },
    surprises: [...history.surprises, ...ends],
    restMs: rest.ms,
  }
}

/** Buyers buy and staff work while faults strike. */
async function disturb(
  stage: Stage,
  shop: Shop,
  chance: Chance,
  options: ChaosOptions,
): Promise<Record<string, number>> {
  if (options.faults === 0) return {}
  const closing = new AbortController()
  const closed = () => closing.signal.aborted
  const load = Promise.all([
    ...Array.from({ length: options.buyers }, async (_, index) => {
      for (let visit = 1; !closed(); visit += 1) {
        await shopOnce(shop, chance.for(`buyer ${index} visit ${visit}`))
        await sleep(chance.for(`buyer ${index} pause ${visit}`).between(0, 200))
      }
    }),
    (async () => {
      for (let task = 1; !closed(); task += 1) {
        await workOnce(shop, chance.for(`staff ${task}`))
        await sleep(300)
      }
    })(),
  ])
  // It is waited for below; what fails before that ends the run there.
  load.catch(() => closing.abort())
  const struck = await strike(stage, options, shop.history, closed)
  closing.abort()
  await load

  return struck
}

async function strike(
  stage: Stage,
  { faults, minutes, seed, say }: ChaosOptions,
  history: History,
  closed: () => boolean,
): Promise<Record<string, number>> {
  const struck: Record<string, number> = {}
  const chance = createChance(seed).for('faults')
  const kinds = faultsOf(stage)
  const until = Date.now() + minutes * 60_000
  for (let number = 1; number <= faults && Date.now() < until && !closed(); number += 1) {
    const fault = chance.pick(kinds)
    const what = await fault.strike(stage, chance.for(`fault ${number}`))
    const line = `${number} ${fault.name}${what === '' ? '' : ` (${what})`}`
    say(line)
    history.note({ fault: line })
    struck[fault.name] = (struck[fault.name] ?? 0) + 1
    await sleep(chance.between(200, 1_500))
  }
  return struck
}

/** Ends every fault that may still be under way, and has everybody at work. */
async function heal(stage: Stage): Promise<void> {
  for (const way of Object.values(stage.ways)) {
    way.resume()
    way.dropCommits(0)
  }
  await stage.payments.tell({ do: 'clear_faults' })
  await stage.payments.tell({ do: 'travel', travel: {} })
  await stage.payments.tell({ do: 'release_webhooks' })
  await stage.mail.tell({ do: 'clear_faults' })
  for (const member of [stage.api, ...stage.workers]) {
    member.resume()
    await member.up()
  }
}
