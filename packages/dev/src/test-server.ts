import { randomBytes } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removePostgres, startPostgres } from './postgres.ts'
import { commandOf } from './process-command.ts'

export interface TestServer extends AsyncDisposable {
  /** URL of a database from which others can be created and dropped. */
  readonly url: string
  /** Stops an embedded server and deletes its files; leaves a given one alone. */
  stop(): Promise<void>
}

const scratch = join(import.meta.dirname, '..', '..', '..', '.barrow')

/**
 * One PostgreSQL for a whole test run: that of `TEST_DATABASE_URL` or `DATABASE_URL` when either is set, else an
 * embedded one in the checkout's `.barrow` folder, without durability. It goes away with this process, and its files
 * with the next run's start if this process is killed.
 */
export async function startTestServer(env: NodeJS.ProcessEnv = process.env): Promise<TestServer> {
  const given = env.TEST_DATABASE_URL || env.DATABASE_URL
  if (given) return { url: given, stop: async () => {}, [Symbol.asyncDispose]: async () => {} }

  await removeLeftovers()
  const dataDir = join(scratch, `test-${process.pid}-${randomBytes(4).toString('hex')}`)
  const postgres = await startPostgres({ dataDir, port: 0, durable: false })
  const stop = () => removePostgres(dataDir)
  return { url: postgres.url(), stop, [Symbol.asyncDispose]: stop }
}

async function removeLeftovers(): Promise<void> {
  await mkdir(scratch, { recursive: true })
  for (const name of await readdir(scratch)) {
    const [, pid] = name.match(/^test-(\d+)-/) ?? []
    if (pid && !commandOf(Number(pid))) await removePostgres(join(scratch, name))
  }
}
