import type { Window } from './drive.ts'
import type { Journey } from './journeys.ts'
import { columns } from './text-table.ts'

/** What was measured of one journey: a window of each target in each round. */
export interface Result {
  readonly journey: Pick<Journey, 'name' | 'title' | 'calls'>
  /** The names of the targets; what the last one did is what the others are compared with. */
  readonly targets: readonly string[]
  readonly rounds: readonly Readonly<Record<string, Window>>[]
}

export interface Report {
  readonly products: number
  readonly connections: number
  readonly seconds: number
  readonly at: string
  readonly node: string
  readonly results: readonly Result[]
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  if (low === undefined || high === undefined) throw new RangeError('nothing has no median')
  return (low + high) / 2
}

/** Of a figure of one target, over the rounds. */
export const figure = ({ rounds }: Result, target: string, name: keyof Window): number =>
  median(rounds.flatMap((round) => round[target]?.[name] ?? []))

/** How near a target comes to another, in the same round: what the machine did meanwhile it did to both. */
export const ratio = ({ rounds }: Result, target: string, limit: string): number =>
  median(rounds.map((round) => (round[target]?.rate ?? Number.NaN) / (round[limit]?.rate ?? Number.NaN)))

const titles = ['', 'target', 'req/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU µs', 'SQL', 'errors', 'ratio']

/** The table that a person reads. */
export function table({ results }: Report): string {
  const rows = results.flatMap((result) =>
    result.targets.map((target, index) => {
      const limit = result.targets.at(-1) ?? ''
      const number = (name: keyof Window, digits: number) => figure(result, target, name).toFixed(digits)
      return [
        index === 0 ? `${result.journey.name} ${result.journey.title}` : '',
        target,
        (figure(result, target, 'rate') * result.journey.calls).toFixed(0),
        ...[number('p50', 2), number('p95', 2), number('p99', 2), number('cpu', 0), number('statements', 1)],
        number('errors', 0),
        target === limit ? '' : ratio(result, target, limit).toFixed(2),
      ]
    }),
  )
  return columns(titles, rows, 2)
}
