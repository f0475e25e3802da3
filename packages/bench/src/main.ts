import { parseArgs } from 'node:util'
import { z } from 'zod'
import { compare } from './compare.ts'
import { hotVariant, journeys } from './journeys.ts'

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
await compare({
  journeys: values.hot ? [hotVariant] : journeys.filter(({ name }) => wanted === null || wanted.has(name)),
  size: { products: options.products, customers: 1_000 },
  load: { connections: options.connections, warmUpSeconds: options.warmUp, seconds: options.seconds },
  rounds: options.rounds,
  other: values.with,
  name: values.hot ? 'hot' : 'journeys',
  folder: values.out,
  say,
})
