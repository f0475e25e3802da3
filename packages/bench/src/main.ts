import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { drive, type Window } from './drive.ts'
import { hotVariant, type Journey, journeys } from './journeys.ts'
import { picture } from './picture.ts'
import { type Report, table } from './report.ts'
import { openShop } from './shop.ts'
import { countStatements } from './statements.ts'
import { startBarrow, startLimit, type Target } from './target.ts'

/**
 * `pnpm bench`: what shoppers do, against the limit, in one run and in turns.
 *
 * `--products 1000|10000|100000|1000000`, `--only J1,J5`, `--hot` everybody buys one thing, `--connections 16`,
 * `--warm-up 2` and `--seconds 5` of each window, `--rounds 3`, `--with DIR` another checkout of the repository beside
 * this one, `--out DIR` where the figures and their picture go.
 */
const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' },
    hot: { type: 'boolean', default: false },
    connections: { type: 'string' },
    'warm-up': { type: 'string', default: '2' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    with: { type: 'string' },
    out: { type: 'string', default: '.barrow/bench' },
  },
})
const count = z.coerce.number().int().min(1)
const options = z
  .object({ products: count.max(1_000_000), connections: count.max(256), seconds: count, rounds: count, warmUp: count })
  .parse({ ...values, warmUp: values['warm-up'], connections: values.connections ?? (values.hot ? '64' : '16') })
const say = (line: string) => process.stdout.write(`${line}\n`)

const wanted = values.only === '' ? null : new Set(values.only.split(','))
const chosen: readonly Journey[] = values.hot
  ? [hotVariant]
  : journeys.filter(({ name }) => wanted === null || wanted.has(name))
const size = { products: options.products, customers: 1_000 }
const load = { connections: options.connections, warmUpSeconds: options.warmUp, seconds: options.seconds }

await using shop = await openShop(size, say)
await using statements = await countStatements(shop.databaseUrl)
const env = {
  // All journeys begin at one address, as many at once as the bench wants.
  LIMITS_SCALE: '1000000',
  HTTP_MAX_IN_FLIGHT: '100000',
  HTTP_MAX_LAG_MS: '600000',
  DATABASE_URL: shop.databaseUrl,
  DATABASE_POOL: '10',
  SECRET: randomBytes(32).toString('base64url'),
  DATABASE_ALLOW_SUPERUSER: 'true',
  PAYMENT_PROVIDER: 'test',
  MAILBOX_DIR: join(tmpdir(), 'barrow-bench-mailbox'),
}
const root = resolve(import.meta.dirname, '../../..')
const targets: Target[] = [
  await startBarrow('barrow', root, env),
  ...(values.with === undefined ? [] : [await startBarrow('other', resolve(values.with), env)]),
  await startLimit(env),
]
try {
  const report = await measure()
  const folder = resolve(root, values.out)
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${values.hot ? 'hot' : 'journeys'}-${size.products}`)
  await writeFile(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(`${file}.svg`, picture(report))
  say(table(report))
  for (const target of targets) say(`${target.name}: ${((await target.memory()) / 2 ** 20).toFixed(0)} MB`)
  say(`Written to ${file}.json and ${file}.svg`)
} finally {
  await Promise.all(targets.map((target) => target.stop()))
}

async function measure(): Promise<Report> {
  const results: { journey: Journey; rounds: Record<string, Window>[] }[] = []
  for (const journey of chosen) {
    const rounds: Record<string, Window>[] = []
    for (let round = 1; round <= options.rounds; round += 1) {
      const windows: Record<string, Window> = {}
      for (const target of targets) windows[target.name] = await drive(target, journey, { size, load, statements })
      rounds.push(windows)
    }
    results.push({ journey, rounds })
    say(`${journey.name} measured.`)
  }
  const { products } = size
  const { connections, seconds } = options
  const names = targets.map(({ name }) => name)
  return {
    products,
    connections,
    seconds,
    at: new Date().toISOString(),
    node: process.version,
    targets: names,
    results,
  }
}
