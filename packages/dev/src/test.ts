import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startTestServer } from './test-server.ts'
import { leftOut } from './test-services.ts'

/** `pnpm test`: type check, lint and import rules, then every package's tests against one real PostgreSQL. */
const root = join(import.meta.dirname, '..', '..', '..')
const resultsDir = join(root, '.barrow', 'test-results')

const say = (line: string) => process.stdout.write(`${line}\n`)

async function turbo(args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn(join(root, 'node_modules', '.bin', 'turbo'), ['run', ...args, '--continue', '--no-daemon'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...env },
  })
  const [code] = await once(child, 'exit')
  return code === 0
}

/** Adds up what each package's test run wrote down. A package whose run left nothing has failed as a whole. */
async function count(): Promise<{ passed: number; failed: number }> {
  const total = { passed: 0, failed: 0 }
  for (const name of await readdir(resultsDir)) {
    const report: unknown = JSON.parse(await readFile(join(resultsDir, name), 'utf8'))
    // Vitest's report; what it lacks counts as nothing.
    const { numPassedTests, numFailedTests, numTotalTests, numFailedTestSuites } = report as Record<string, number>
    total.passed += numPassedTests ?? 0
    // A file that does not load has no failed test to its name, and a test that did not run has not passed.
    const unaccounted = (numTotalTests ?? 0) - (numPassedTests ?? 0)
    total.failed += Math.max(numFailedTests ?? 0, unaccounted, numFailedTestSuites ? 1 : 0)
  }
  return total
}

await rm(resultsDir, { recursive: true, force: true })
await mkdir(resultsDir, { recursive: true })
await using server = await startTestServer()

const checked = await turbo(['typecheck', '//#lint', '--output-logs=errors-only'], {})
const tested = await turbo(['test', '--concurrency=1'], { TEST_DATABASE_URL: server.url, TEST_RESULTS_DIR: resultsDir })

const { passed, failed } = await count()
if (!checked) say('The type check or the linter found faults: see above.')
const { notice } = leftOut(process.env)
// Where nobody looks at what was left out, leaving out is failing.
const incomplete = process.env.CI && notice !== undefined
const faults = failed + (checked ? 0 : 1) + (tested || failed > 0 ? 0 : 1) + (incomplete ? 1 : 0)
if (notice !== undefined) say(notice)
process.exitCode = faults === 0 ? 0 : 1
say(`${passed} passed, ${faults} failed`)
