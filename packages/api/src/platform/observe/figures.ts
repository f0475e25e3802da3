import type { Gauge } from 'prom-client'
import type { Runtime } from '../context.ts'
import type { Metrics } from './metrics.ts'

/** Numbers that the database knows. Each column of the answer is a gauge; with a label, each row is one of its series. */
export interface Figure {
  readonly sql: string
  /** The column that tells rows apart: a name from the code's own lists. */
  readonly label?: string
  readonly gauges: Readonly<Record<string, { readonly name: string; readonly help: string }>>
}

/** However often it is asked, the database is asked this often. */
const FRESH_MS = 5_000
/** A number that takes longer is not worth it: the others are told without. */
const STATEMENT_MS = 2_000

/** Has these numbers gathered whenever the metrics are asked for. What cannot be known now is left out, and counted. */
export function watchFigures(
  { orm, log, metrics }: Pick<Runtime, 'orm' | 'log' | 'metrics'>,
  figures: readonly Figure[],
): void {
  const missing = metrics.gauge('barrow_figures_missing', 'How many numbers the database did not give.')
  const all = figures.map((figure) => ({ figure, gauges: gaugesOf(metrics, figure) }))
  let last: { readonly at: number; readonly gathered: Promise<void> } | undefined

  async function gather(): Promise<void> {
    let failures = 0
    for (const { figure, gauges } of all) {
      const rows = await ask(figure.sql).catch((error: unknown) => {
        log.warn({ err: error }, 'a number is missing')
        failures += 1
        return []
      })
      fill(figure, gauges, rows)
    }
    missing.set(failures)
  }
  const ask = (sql: string): Promise<Record<string, unknown>[]> =>
    orm.em.fork().transactional(async (em) => {
      await em.execute(`set local statement_timeout = ${STATEMENT_MS}`)
      return em.execute(sql)
    })

  metrics.onGather(() => {
    const now = performance.now()
    if (last === undefined || now - last.at > FRESH_MS) last = { at: now, gathered: gather() }
    return last.gathered
  })
}

type Gauges = ReadonlyMap<string, Gauge<string>>

export const gaugesOf = (metrics: Metrics, { label, gauges }: Figure): Gauges =>
  new Map(
    Object.entries(gauges).map(([column, { name, help }]) => [
      column,
      metrics.gauge<string>(name, help, ...(label === undefined ? [] : [label])),
    ]),
  )

function fill({ label }: Figure, gauges: Gauges, rows: readonly Record<string, unknown>[]): void {
  for (const [column, gauge] of gauges) {
    // What has gone is told no more.
    gauge.reset()
    if (label === undefined && rows.length === 0) gauge.remove()
    for (const row of rows) {
      const value = row[column]
      if (typeof value === 'number') gauge.set(label === undefined ? {} : { [label]: String(row[label]) }, value)
    }
  }
}
