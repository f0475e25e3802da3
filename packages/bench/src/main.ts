import { parseArgs } from 'node:util'
import { z } from 'zod'
import { compare } from './compare.ts'
import { cores } from './cores.ts'
import { exportAll } from './export.ts'
import { grow } from './grow.ts'
import { hotVariant, journeys } from './journeys.ts'
import { memory } from './memory.ts'
import { start } from './start.ts'
import { types } from './types.ts'

/**
 * `pnpm bench`: what shoppers do, against the limit, in one run and in turns.
 *
 * `--products 1000|10000|100000|1000000`, `--only J1,J5`, `--hot` everybody buys one thing, `--connections 16`,
 * `--warm-up 2` and `--seconds 5` of each window, `--rounds 3`, `--with DIR` another checkout of the repository beside
 * this one, `--out DIR` where the figures and their picture go.
 *
 * `--grow`: the shop with `--products` against one with 10,000, and a cart of 200 lines against one of 1.
 * `--start`: from the start of a process to the first thing it has done. `--memory`: what the API holds over `--minutes 5`.
 * `--export`: what a program holds that reads all products, and the API meanwhile.
 * `--cores`: two processes of the API against one. `--types`: how long the compiler takes, and an editor.
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
    start: { type: 'boolean', default: false },
    cores: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '5' },
    export: { type: 'boolean', default: false },
    grow: { type: 'boolean', default: false },
    types: { type: 'boolean', default: false },
    with: { type: 'string' },
    out: { type: 'string', default: '.barrow/bench' },
  },
})
const count = z.coerce.number().int().min(1)
const options = z
  .object({
    products: count.max(1_000_000),
    connections: count.max(256),
    seconds: count,
    rounds: count,
    warmUp: count,
    minutes: z.coerce.number().positive(),
  })
  .parse({ ...values, warmUp: values['warm-up'], connections: values.connections ?? (values.hot ? '64' : '16') })
const say = (line: string) => process.stdout.write(`${line}\n`)

const wanted = values.only === '' ? null : new Set(values.only.split(','))
const size = (products: number) => ({ products, customers: 1_000 })
const load = { connections: options.connections, warmUpSeconds: options.warmUp, seconds: options.seconds }
const { rounds } = options
if (values.start) await start({ size: size(options.products), times: rounds, say })
else if (values.cores) await cores({ size: size(options.products), load, rounds, only: wanted, say })
else if (values.memory) await memory({ size: size(options.products), load, minutes: options.minutes, say })
else if (values.export) await exportAll({ size: size(options.products), say })
else if (values.types) await types({ times: rounds, say })
else if (values.grow) await grow({ sizes: [size(10_000), size(options.products)], load, rounds, only: wanted, say })
else
  await compare({
    journeys: values.hot ? [hotVariant] : journeys.filter(({ name }) => wanted === null || wanted.has(name)),
    size: size(options.products),
    ...{ load, rounds, say },
    other: values.with,
    name: values.hot ? 'hot' : 'journeys',
    folder: values.out,
  })
