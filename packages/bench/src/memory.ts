import { setTimeout as sleep } from 'node:timers/promises'
import { drive, type Load } from './drive.ts'
import { type Journey, journeys } from './journeys.ts'
import type { Size } from './seed.ts'
import { openShop } from './shop.ts'
import { countStatements } from './statements.ts'
import { root, startBarrow } from './target.ts'
import { columns } from './text-table.ts'

interface Memory {
  readonly size: Size
  readonly load: Load
  readonly minutes: number
  say(line: string): void
}

/** Looks so often in a run. */
const LOOKS = 10
const IDLE_MS = 10_000

/** What the API holds while shoppers do everything that they do, over time. */
export async function memory({ size, load, minutes, say }: Memory): Promise<void> {
  await using shop = await openShop(size, say)
  await using statements = await countStatements(shop.databaseUrl)
  const target = await startBarrow('barrow', root, shop.env)
  await using started = new AsyncDisposableStack()
  started.defer(() => target.stop())
  await sleep(IDLE_MS)
  const rows = [['idle', '', await megabytes()]]
  const seconds = Math.max(1, Math.round((minutes * 60) / LOOKS))
  for (let look = 1; look <= LOOKS; look += 1) {
    const { rate, errors } = await drive(target, everything, {
      size,
      load: { ...load, warmUpSeconds: 0, seconds },
      statements,
    })
    rows.push([`${((look * seconds) / 60).toFixed(1)} min`, `${rate.toFixed(0)}`, await megabytes()])
    if (errors > 0) say(`${errors} errors`)
  }
  await sleep(IDLE_MS)
  rows.push(['idle again', '', await megabytes()])
  say(columns(['', 'visits/s', 'MB'], rows))

  async function megabytes(): Promise<string> {
    return ((await target.memory()) / 2 ** 20).toFixed(0)
  }
}

const lived = journeys.filter(({ name, kept }) => kept === undefined && name !== 'J7')

/** One journey after the other, whoever comes. */
const everything: Pick<Journey, 'name' | 'visit'> = {
  name: 'everything',
  visit: async (shopper, size) => lived[Math.floor(Math.random() * lived.length)]?.visit(shopper, size),
}
