import { randomBytes, randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '@barrow/api/runtime'
import { removePostgres, startPostgres } from '@barrow/dev/postgres'
import { startProcess } from '@barrow/dev/processes'
import { startService } from '@barrow/dev/services'
import { createTestDatabase } from '@barrow/dev/test-database'
import pg from 'pg'
import { inject } from 'vitest'
import { initTransport } from '../init-transport.ts'
import { migrate } from '../migrate.ts'

export type Carrier = 'postgres' | 'redis' | 'kafka'

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly pid: number | undefined
  /** How often it has said that it hangs. */
  readonly hangs: number
  /** SIGTERM, and the wait for its end. Answers how it ended, in words: `exit code 0` when nothing was wrong. */
  stop(): Promise<string>
  kill(): void
}

/** A shop's database, a real server that carries its events, and workers to kill. */
export interface Stage extends AsyncDisposable {
  /** What a process of this shop is started with. */
  readonly env: Readonly<Record<string, string>>
  sql<Row extends object>(query: string, params?: unknown[]): Promise<Row[]>
  startWorker(env?: Record<string, string>): Promise<WorkerProcess>
  killWorkers(): void
  /** SIGKILL to the server that carries the events. */
  killCarrier(): Promise<void>
  reviveCarrier(): Promise<void>
  /** Has the server keep its connections and answer nothing; only where that is not the shop's own database. */
  pauseCarrier(): Promise<void>
  resumeCarrier(): Promise<void>
  /** Makes what a carrier needs that has nothing stored. */
  initCarrier(): Promise<void>
  /** Takes away what the server has stored; only where that is not the shop's own database. */
  wipeCarrier(): Promise<void>
}

interface Server {
  readonly databaseUrl: string
  readonly env: Record<string, string>
  kill(): Promise<void>
  revive(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  wipe(): Promise<void>
  stop(): Promise<void>
}

/** Opens a stage whose workers get their events from the carrier alone, until told otherwise. */
export async function openStage(carrier: Carrier): Promise<Stage> {
  const server = await openServer(carrier)
  const env = {
    NODE_ENV: 'test',
    DATABASE_URL: server.databaseUrl,
    DATABASE_POOL: '10',
    SECRET: 'a-secret-for-tests-only-0123456789abcdef',
    LOG_LEVEL: 'silent',
    TRANSPORT: carrier,
    WORKER_LEASE_SECONDS: '5',
    WORKER_GRACE_SECONDS: '3600',
    ...server.env,
  }
  await initTransport(readConfig(env))
  const pool = new pg.Pool({ connectionString: server.databaseUrl, max: 4 })
  // A connection that breaks between two questions: the next question opens another.
  pool.on('error', () => {})
  await pool.query(`create table heard (
    n bigint generated always as identity, consumer text, key text, sequence bigint, worker int,
    at timestamptz default clock_timestamp())`)
  await pool.query('create table told (consumer text, key text, sequence bigint, what text)')
  const workers = new Set<ReturnType<typeof startProcess>>()

  const stage: Stage = {
    env,
    sql: async (query, params = []) => (await pool.query(query, params)).rows,
    async startWorker(more = {}) {
      let hangs = 0
      const said: string[] = []
      const { promise: works, resolve } = Promise.withResolvers<void>()
      const child = startProcess({
        name: 'worker',
        command: process.execPath,
        args: [join(import.meta.dirname, 'recording-worker', 'main.ts')],
        env: { ...env, ...more },
        onLine(line) {
          said.push(line)
          if (line === 'works') resolve()
          if (line === 'hangs') hangs++
        },
      })
      workers.add(child)
      void child.ended.then(() => workers.delete(child))
      await Promise.race([
        works,
        child.ended.then((reason) => Promise.reject(new Error([`a worker ended: ${reason}`, ...said].join('\n')))),
      ])
      return {
        pid: child.pid,
        get hangs() {
          return hangs
        },
        stop: async () => {
          await child.stop()
          return child.ended
        },
        kill: () => child.kill(),
      }
    },
    killWorkers() {
      for (const worker of workers) worker.kill()
    },
    killCarrier: () => server.kill(),
    reviveCarrier: () => server.revive(),
    pauseCarrier: () => server.pause(),
    resumeCarrier: () => server.resume(),
    initCarrier: async () => void (await initTransport(readConfig(env))),
    wipeCarrier: () => server.wipe(),
    async [Symbol.asyncDispose]() {
      stage.killWorkers()
      while (workers.size > 0) await sleep(10)
      await pool.end()
      await server.stop()
    },
  }
  return stage
}

async function openServer(carrier: Carrier): Promise<Server> {
  if (carrier === 'postgres') return openDatabaseServer()
  const service = await startService(carrier)
  const database = await createTestDatabase({ serverUrl: inject('serverUrl'), template: inject('template') })
  return {
    databaseUrl: database.url,
    env: service.env,
    kill: () => service.kill(),
    revive: () => service.up(),
    pause: () => service.pause(),
    resume: () => service.resume(),
    wipe: () => service.wipe(),
    async stop() {
      await service.stop()
      await database.drop()
    },
  }
}

const notTheShop = () => Promise.reject(new Error('the shop lives in it'))

/** A PostgreSQL of its own, since it is killed. */
async function openDatabaseServer(): Promise<Server> {
  const scratch = join(import.meta.dirname, '..', '..', '..', '..', '.barrow')
  const dataDir = join(scratch, `test-${process.pid}-${randomBytes(4).toString('hex')}`)
  const start = (port: number) => startPostgres({ dataDir, port, durable: true })
  // Below the ports that the system gives to whoever connects, or one of those who try again would be given it.
  let server = await start(randomInt(20_000, 30_000))
  const { port } = server
  await migrate(server.url())
  return {
    databaseUrl: server.url(),
    env: {},
    async kill() {
      process.kill(server.pid, 'SIGKILL')
    },
    async revive() {
      server = await start(port)
    },
    pause: notTheShop,
    resume: notTheShop,
    wipe: notTheShop,
    stop: () => removePostgres(dataDir),
  }
}
