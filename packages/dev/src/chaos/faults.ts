import { setTimeout as sleep } from 'node:timers/promises'
import type { Chance } from './chance.ts'
import type { Member } from './member.ts'
import type { Stage } from './stage.ts'

/** Something that happens to a running shop, and is over when it returns. Answers what exactly happened. */
export interface Fault {
  readonly name: string
  readonly strike: (stage: Stage, chance: Chance) => Promise<string>
}

const wayOf = (stage: Stage, chance: Chance) => {
  const whose = chance.pick(['api', 'worker'])
  return { whose, way: stage.ways[whose] }
}
const workerOf = ({ workers }: Stage, chance: Chance): Member => {
  const [first, ...others] = workers
  if (first === undefined) throw new Error('a shop has a worker')
  return chance.pick([first, ...others])
}

const everywhere: readonly Fault[] = [
  {
    name: 'api killed',
    async strike({ api }, chance) {
      await api.kill()
      await sleep(chance.between(0, 500))
      await api.up()
      return ''
    },
  },
  {
    name: 'worker killed',
    async strike(stage, chance) {
      const worker = workerOf(stage, chance)
      await worker.kill()
      await sleep(chance.between(0, 1_500))
      await worker.up()
      return worker.name
    },
  },
  {
    name: 'all workers killed',
    async strike({ workers }) {
      await Promise.all(workers.map((worker) => worker.kill()))
      await Promise.all(workers.map((worker) => worker.up()))
      return ''
    },
  },
  {
    name: 'worker stopped for longer than its lease',
    async strike(stage, chance) {
      const worker = workerOf(stage, chance)
      worker.pause()
      await sleep(chance.between(2_000, 12_000))
      worker.resume()
      return worker.name
    },
  },
  {
    name: 'connections cut',
    async strike(stage, chance) {
      const { whose, way } = wayOf(stage, chance)
      for (let cuts = chance.between(1, 5); cuts > 0; cuts -= 1) {
        way.cut()
        await sleep(chance.between(10, 300))
      }
      return whose
    },
  },
  {
    name: 'answers to COMMIT lost',
    async strike(stage, chance) {
      const { whose, way } = wayOf(stage, chance)
      way.dropCommits(chance.between(1, 6))
      await sleep(chance.between(500, 1_500))
      way.dropCommits(0)
      return whose
    },
  },
  {
    name: 'database silent',
    async strike(stage, chance) {
      const { whose, way } = wayOf(stage, chance)
      way.pause()
      await sleep(chance.between(500, 7_000))
      way.resume()
      return whose
    },
  },
  {
    name: 'database killed',
    async strike({ postgres }, chance) {
      await postgres.kill()
      await sleep(chance.between(0, 2_000))
      await postgres.up()
      return ''
    },
  },
  ...(['before', 'after'] as const).map(
    (when): Fault => ({
      name: `payments fail ${when} they act`,
      async strike({ payments }, chance) {
        await payments.tell({
          do: 'add_fault',
          fault: { kind: 'error', when, status: 500, times: chance.between(1, 4) },
        })
        await sleep(chance.between(500, 2_000))
        await payments.tell({ do: 'clear_faults' })
        return ''
      },
    }),
  ),
  ...(['drop', 'reset'] as const).map(
    (kind): Fault => ({
      name: `answers of payments lost (${kind})`,
      async strike({ payments }, chance) {
        await payments.tell({ do: 'add_fault', fault: { kind, when: 'after', times: chance.between(1, 4) } })
        await sleep(chance.between(500, 2_000))
        await payments.tell({ do: 'clear_faults' })
        return ''
      },
    }),
  ),
  {
    name: 'payments slow',
    async strike({ payments }, chance) {
      await payments.tell({ do: 'add_fault', fault: { kind: 'slow', delayMs: chance.between(1_000, 7_000), times: 3 } })
      await sleep(chance.between(500, 2_000))
      await payments.tell({ do: 'clear_faults' })
      return ''
    },
  },
  {
    name: 'webhooks doubled and shuffled',
    async strike({ payments }, chance) {
      const travel = { copies: chance.between(2, 6), shuffle: true, delayMs: chance.between(0, 4_000) }
      await payments.tell({ do: 'travel', travel: { ...travel, hold: true } })
      await sleep(chance.between(500, 2_000))
      await payments.tell({ do: 'travel', travel })
      await payments.tell({ do: 'release_webhooks' })
      await sleep(500)
      await payments.tell({ do: 'travel', travel: {} })
      return `${travel.copies} times`
    },
  },
  ...(['drop', 'lose_answer', 'refuse'] as const).map(
    (kind): Fault => ({
      name: `mail server ${kind === 'refuse' ? 'refuses' : kind === 'drop' ? 'hangs up' : 'takes a letter and hangs up'}`,
      async strike({ mail }, chance) {
        await mail.tell({ do: 'add_fault', fault: { kind, times: chance.between(1, 3) } })
        await sleep(chance.between(500, 1_500))
        await mail.tell({ do: 'clear_faults' })
        return ''
      },
    }),
  ),
]

const ofCarrier: readonly Fault[] = [
  {
    name: 'carrier killed',
    async strike({ carrier }, chance) {
      await carrier?.kill()
      await sleep(chance.between(0, 3_000))
      await carrier?.up()
      return carrier?.name ?? ''
    },
  },
  {
    name: 'carrier silent',
    async strike({ carrier }, chance) {
      await carrier?.pause()
      await sleep(chance.between(500, 6_000))
      await carrier?.resume()
      return carrier?.name ?? ''
    },
  },
]

/** Kafka keeps its topics on disk, which whoever runs it makes; Redis may be brought back with nothing in it. */
const ofRedis: readonly Fault[] = [
  {
    name: 'carrier killed and emptied',
    async strike({ carrier }) {
      await carrier?.wipe()
      await carrier?.up()
      return carrier?.name ?? ''
    },
  },
]

/** What can happen to a shop of this kind; that which carries its events is struck as often as all the rest together. */
export function faultsOf({ transport }: Pick<Stage, 'transport'>): readonly [Fault, ...Fault[]] {
  const own = transport === 'postgres' ? [] : transport === 'redis' ? [...ofCarrier, ...ofRedis] : ofCarrier
  const times = own.length === 0 ? 0 : Math.floor(everywhere.length / own.length / 2)
  const [first, ...others] = everywhere
  if (first === undefined) throw new Error('there are faults')
  return [first, ...others, ...Array.from({ length: times }, () => own).flat()]
}
