import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '@barrow/worker/migrate'
import { Shopper } from './http.ts'
import { hotVariant } from './journeys.ts'
import { median } from './report.ts'
import { type Size, seeded } from './seed.ts'
import { type MeasuredShop, openShop } from './shop.ts'
import { countStatements } from './statements.ts'
import { root, startBarrow, startProgram, type Target } from './target.ts'
import { columns } from './text-table.ts'

interface Beginning {
  readonly size: Size
  readonly times: number
  say(line: string): void
}

interface Began {
  readonly ms: number
  /** Processor time that it took until then, in ms. */
  readonly cpu: number
  /** Resident memory, in MB: then, and a while later when it has nothing to do. */
  readonly memory: number
  readonly idle: number
}

/** How long a process has nothing to do before it is called idle. */
const IDLE_MS = 10_000

/** From the start of a process to the first thing it has done for somebody. */
export async function start({ size, times, say }: Beginning): Promise<void> {
  await using shop = await openShop(size, say)
  await migrate(shop.databaseUrl)
  const api: Began[] = []
  const worker: Began[] = []
  for (let n = 0; n < times; n += 1) {
    const last = n === times - 1
    api.push(await begin(startProgram('api', root, shop.env), firstAnswer, last))
    const until = await soldSomething(shop, size)
    worker.push(await begin(startProgram('worker', root, shop.env), () => until.done(), last))
    await until[Symbol.asyncDispose]()
  }
  const row = (name: string, those: readonly Began[]) => {
    const of = (figure: keyof Began) => median(those.map((one) => one[figure])).toFixed(0)
    return [name, of('ms'), of('cpu'), of('memory'), (those.at(-1)?.idle ?? 0).toFixed(0)]
  }
  const titles = ['process start to', 'ms', 'CPU ms', 'MB', `MB idle`]
  say(columns(titles, [row('first answer of the API', api), row('first job of a worker', worker)]))
}

async function begin(
  starting: Promise<Target>,
  first: (target: Target) => Promise<void>,
  stay: boolean,
): Promise<Began> {
  const target = await starting
  try {
    await first(target)
    const ms = performance.now() - target.startedAt
    const cpu = (await target.cpu()) * 1000
    const memory = (await target.memory()) / 2 ** 20
    if (stay) await sleep(IDLE_MS)
    return { ms, cpu, memory, idle: (await target.memory()) / 2 ** 20 }
  } finally {
    await target.stop()
  }
}

async function firstAnswer({ url }: Target): Promise<void> {
  const shopper = new Shopper(url)
  for (const deadline = Date.now() + 60_000; ; await sleep(5)) {
    try {
      await shopper.query('product.get', { slug: seeded.productSlug(1), currency: 'EUR' })
      return shopper.leave()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/** Has something sold while no worker runs; then a worker's first job is done when one of its consumers has acted. */
async function soldSomething({ databaseUrl, env }: MeasuredShop, size: Size) {
  const database = await countStatements(databaseUrl)
  const api = await startBarrow('barrow', root, env)
  const shopper = new Shopper(api.url)
  await hotVariant.visit(shopper, size)
  shopper.leave()
  await api.stop()
  await database.query('truncate inbox_entry')
  return {
    async done() {
      for (const deadline = Date.now() + 60_000; ; await sleep(5)) {
        const rows = await database.query(`select from inbox_entry where status = 'done' limit 1`)
        if (rows > 0) return
        if (Date.now() > deadline) throw new Error('the worker has done nothing')
      }
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
