import { parseArgs } from 'node:util'
import { migrate } from '@barrow/api/runtime'
import { rollingRestarts } from './observe/rolling.ts'
import { createTestDatabase } from './test-database.ts'
import { startTestServer } from './test-server.ts'

/** `pnpm rolling`: 20 rolling restarts of a shop under load, on a database of its own; fails when one request does. */
const { values } = parseArgs({ args: process.argv.slice(3), options: { restarts: { type: 'string', default: '20' } } })
const restarts = Number(values.restarts)

await using server = await startTestServer()
await using database = await createTestDatabase({ serverUrl: server.url, template: 'template0' })
await migrate(database.url)
const env = {
  NODE_ENV: 'test',
  DATABASE_URL: database.url,
  SECRET: 'a-secret-for-tests-only-0123456789abcdef',
  // What is turned away since the machine is slow is no fault of a restart.
  HTTP_MAX_LAG_MS: '60000',
  DATABASE_TIMEOUT_MS: '60000',
}
const say = (line: string) => process.stdout.write(`${line}\n`)
const { answered, failed, exitCodes } = await rollingRestarts(env, { restarts, report: say })
say(`${restarts} restarts: ${answered} requests answered, ${failed.length} failed, exit codes ${exitCodes.join(' ')}`)
for (const line of failed.slice(0, 20)) say(line)
process.exitCode = failed.length === 0 && exitCodes.every((code) => code === 0) ? 0 : 1
