import { createHistogram } from 'node:perf_hooks'
import { Shopper } from './http.ts'
import type { Journey } from './journeys.ts'
import type { Size } from './seed.ts'
import type { Statements } from './statements.ts'
import type { Target } from './target.ts'

/** What one target did with one journey in one window. */
export interface Window {
  /** Visits a second. */
  readonly rate: number
  /** Milliseconds of a visit. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Of the target's processes, in microseconds per visit. */
  readonly cpu: number
  /** Of this process, which plays the shoppers, in microseconds per visit. */
  readonly ownCpu: number
  /** Sent to PostgreSQL per visit, BEGIN and COMMIT aside. */
  readonly statements: number
  readonly errors: number
}

export interface Load {
  readonly connections: number
  readonly warmUpSeconds: number
  readonly seconds: number
}

/** Shoppers who come again as soon as they are served: a closed loop. */
export async function drive(
  target: Target,
  journey: Pick<Journey, 'name' | 'visit'>,
  { size, load, statements }: { size: Size; load: Load; statements: Statements },
): Promise<Window> {
  const shoppers = Array.from({ length: load.connections }, () => new Shopper(target.url))
  try {
    await loop(shoppers, journey, size, load.warmUpSeconds)
    await statements.reset()
    const cpuBefore = await target.cpu()
    const ownBefore = process.cpuUsage()
    const { visits, errors, seconds, times } = await loop(shoppers, journey, size, load.seconds)
    const own = process.cpuUsage(ownBefore)
    const cpu = (await target.cpu()) - cpuBefore
    const sent = await statements.count()
    const ms = (percentile: number) => times.percentile(percentile) / 1e6
    return {
      rate: visits / seconds,
      ...{ p50: ms(50), p95: ms(95), p99: ms(99) },
      ...{ cpu: (cpu * 1e6) / visits, ownCpu: (own.user + own.system) / visits },
      ...{ statements: sent / visits, errors },
    }
  } finally {
    for (const shopper of shoppers) shopper.leave()
  }
}

async function loop(
  shoppers: readonly Shopper[],
  journey: Pick<Journey, 'name' | 'visit'>,
  size: Size,
  seconds: number,
) {
  const times = createHistogram()
  const began = performance.now()
  const until = began + seconds * 1000
  let [visits, errors] = [0, 0]
  await Promise.all(
    shoppers.map(async (shopper) => {
      while (performance.now() < until) {
        const came = process.hrtime.bigint()
        try {
          await journey.visit(shopper, size)
          visits += 1
          times.record(process.hrtime.bigint() - came)
        } catch (error) {
          errors += 1
          if (errors === 1) process.stderr.write(`${journey.name}: ${error instanceof Error ? error.message : error}\n`)
        }
      }
    }),
  )
  return { visits, errors, times, seconds: (performance.now() - began) / 1000 }
}
