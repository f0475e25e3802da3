import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './readme.ts'

/** `pnpm fuzz`: calls every procedure with inputs made from its schema. `--runs 500` inputs each, `--seed` of an earlier run. */
const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { runs: { type: 'string', default: '500' }, seed: { type: 'string', default: String(randomInt(2 ** 31)) } },
})
process.stdout.write(`${values.runs} inputs for every procedure, seed ${values.seed}.\n`)
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const child = spawn(process.execPath, [vitest, 'run', 'src/fuzz'], {
  cwd: join(root, 'packages/api'),
  env: { ...process.env, FUZZ_RUNS: values.runs, FUZZ_SEED: values.seed },
  stdio: 'inherit',
})
const [status] = await once(child, 'close')
process.exitCode = status ?? 1
