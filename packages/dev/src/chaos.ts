import { randomInt } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type ChaosReport, chaos } from './chaos/run.ts'
import { transports } from './chaos/stage.ts'

/**
 * `pnpm chaos`: a whole shop of real processes is struck while it sells, and judged once it is at rest.
 *
 * `--transport postgres|redis|kafka` (all of them when left out), `--seed` of an earlier run, `--faults 200`,
 * `--minutes 30`, `--buyers 4`, `--workers 2`; `--boundaries` kills the API and a worker at every message of a checkout as
 * well (`--of api|worker` one of them alone), `--no-figures` measures nothing, `--no-races` leaves out what happens at once, `--keep` keeps the folder of the run.
 */
const { values } = parseArgs({
  args: process.argv.slice(3),
  allowNegative: true,
  options: {
    transport: { type: 'string', multiple: true },
    seed: { type: 'string' },
    faults: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '30' },
    buyers: { type: 'string', default: '4' },
    workers: { type: 'string', default: '2' },
    boundaries: { type: 'boolean', default: false },
    of: { type: 'string' },
    figures: { type: 'boolean', default: true },
    races: { type: 'boolean', default: true },
    keep: { type: 'boolean', default: false },
  },
})
const count = z.coerce.number().int().min(1)
const options = z
  .object({
    transport: z.array(z.enum(transports)).default([...transports]),
    seed: z.coerce
      .number()
      .int()
      .min(0)
      .max(2 ** 31)
      .default(randomInt(2 ** 31)),
    faults: count.or(z.literal('0').transform(() => 0)),
    minutes: count,
    buyers: count,
    workers: count,
    of: z.enum(['api', 'worker']).optional(),
  })
  .parse(values)

const say = (line: string) => process.stdout.write(`${line}\n`)
const root = join(import.meta.dirname, '..', '..', '..', '.barrow')

const races = { buyers: 1_000, units: 100, rounds: 100 }
const everyOne = (counted: number) => Array.from({ length: counted }, (_, index) => index + 1)

for (const transport of options.transport) {
  say(`Chaos on ${transport}, seed ${options.seed}.`)
  const folder = join(root, `chaos-${process.pid}-${transport}`)
  const report = await chaos({
    ...options,
    ...{ transport, folder, figures: values.figures },
    ...(values.races && { races }),
    ...(values.boundaries && {
      boundaries: { of: options.of === undefined ? (['api', 'worker'] as const) : [options.of], choose: everyOne },
    }),
    say: (line) => say(`  ${line}`),
  })
  tell(report)
  if (report.findings.length > 0) {
    say(
      `Broken on ${transport}. The same again, with what else was asked for: --transport ${transport} --seed ${options.seed}`,
    )
    say(`Logs and ledgers: ${folder}`)
    process.exitCode = 1
  } else if (!values.keep) await rm(folder, { recursive: true, force: true })
}

function tell({ findings, figures, boundaries, struck, orders, surprises, restMs }: ChaosReport): void {
  if (figures !== undefined) {
    const { toConsumer, eventsPerSecond, recoveryMs } = figures
    say(`  from commit to consumer: ${toConsumer.p50} ms, p95 ${toConsumer.p95} ms, of ${toConsumer.events} events`)
    say(`  events per second: ${eventsPerSecond[1]} with one worker, ${eventsPerSecond[2]} with two`)
    say(`  the job of a killed worker was finished after ${(recoveryMs / 1000).toFixed(1)} s`)
  }
  for (const [who, { counted, killed }] of Object.entries(boundaries))
    say(`  ${who} killed at ${killed} of ${counted} message boundaries of a checkout`)
  for (const [name, times] of Object.entries(struck).sort(([a], [b]) => a.localeCompare(b))) say(`  ${times} × ${name}`)
  say(
    `  orders: ${orders.asked} asked for, ${orders.placed} placed, ${orders.confirmed} confirmed, ${orders.refused} refused`,
  )
  say(`  at rest after ${(restMs / 1000).toFixed(1)} s`)
  for (const surprise of surprises) say(`  unexpected: ${surprise}`)
  for (const { id, sentence, offending } of findings)
    say(`  ${id} BROKEN: ${sentence} ${offending.slice(0, 20).join(', ')}`)
  if (findings.length === 0) say('  I1 to I12 hold: 0 lost, 0 doubled.')
}
