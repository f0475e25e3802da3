import { createHistogram } from 'node:perf_hooks'
import { openPool, Shopper } from './http.ts'
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
  /** Of the target's process, in microseconds per visit. */
  readonly cpu: number
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
  journey: Journey,
  { size, load, statements }: { size: Size; load: Load; statements: Statements },
): Promise<Window> {
  const pool = openPool(target.url, load.connections)
  try {
    const shoppers = Array.from({ length: load.connections }, () => new Shopper(pool))
    await loop(shoppers, journey, size, load.warmUpSeconds)
    await statements.reset()
    const cpuBefore = await target.cpu()
    const { visits, errors, seconds, times } = await loop(shoppers, journey, size, load.seconds)
    const cpu = (await target.cpu()) - cpuBefore
    const sent = await statements.count()
    const ms = (percentile: number) => times.percentile(percentile) / 1e6
    return {
      rate: visits / seconds,
      ...{ p50: ms(50), p95: ms(95), p99: ms(99) },
      ...{ cpu: (cpu * 1e6) / visits, statements: sent / visits, errors },
    }
  } finally {
    await pool.close()
  }
}

async function loop(shoppers: readonly Shopper[], journey: Journey, size: Size, seconds: number) {
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
        } catch (error) {
          errors += 1
          if (errors === 1) process.stderr.write(`${journey.name}: ${error instanceof Error ? error.message : error}\n`)
        }
        visits += 1
        times.record(process.hrtime.bigint() - came)
      }
    }),
  )
  return { visits, errors, times, seconds: (performance.now() - began) / 1000 }
}
