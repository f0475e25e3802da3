import { drive, type Load, type Window } from './drive.ts'
import { journeys } from './journeys.ts'
import { median } from './report.ts'
import type { Size } from './seed.ts'
import { openShop } from './shop.ts'
import { countStatements } from './statements.ts'
import { root, startBarrow, type Target } from './target.ts'
import { columns } from './text-table.ts'

interface Cores {
  readonly size: Size
  readonly load: Load
  readonly rounds: number
  readonly only: ReadonlySet<string> | null
  say(line: string): void
}

/**
 * Two processes of the API against one, in turns. Where the shoppers and the database want the same cores, the rate cannot
 * double: the processor time of a visit says what two would do on cores of their own.
 */
export async function cores({ size, load, rounds, only, say }: Cores): Promise<void> {
  await using shop = await openShop(size, say)
  await using statements = await countStatements(shop.databaseUrl)
  await using started = new AsyncDisposableStack()
  const targets: Target[] = []
  for (const processes of ['1', '2']) {
    const env = { ...shop.env, CACHE_SECONDS: '0', WEB_CONCURRENCY: processes }
    const target = await startBarrow(`barrow ${processes}`, root, env)
    started.defer(() => target.stop())
    targets.push(target)
  }
  const rows: string[][] = []
  for (const journey of journeys.filter(({ name }) => (only ?? new Set(['J1', 'J2'])).has(name))) {
    const windows: Window[][] = targets.map(() => [])
    for (let round = 1; round <= rounds; round += 1)
      for (const [index, target] of targets.entries())
        windows[index]?.push(await drive(target, journey, { size, load, statements }))
    const of = (figure: 'rate' | 'cpu') => windows.map((those) => median(those.map((one) => one[figure])))
    const [[one = 0, two = 0], [cpuOne = 0, cpuTwo = 0]] = [of('rate'), of('cpu')]
    const shares = [two / one, (2 * cpuOne) / cpuTwo].map((share) => share.toFixed(2))
    rows.push([journey.name, ...[one, two, cpuOne, cpuTwo].map((figure) => figure.toFixed(0)), ...shares])
    say(`${journey.name} measured.`)
  }
  const titles = ['', '1: visits/s', '2: visits/s', '1: CPU µs', '2: CPU µs', 'faster', 'by CPU']
  say(columns(titles, rows))
}
