import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@barrow/api/runtime'
import { startPostgres } from '@barrow/dev/postgres'
import pg from 'pg'
import { type Size, seed } from './seed.ts'
import { countingSettings } from './statements.ts'
import { type Env, root } from './target.ts'

export interface MeasuredShop extends AsyncDisposable {
  /** A fresh copy of the seeded database. */
  readonly databaseUrl: string
  /** What the shop's processes are started with. */
  readonly env: Env
}

const folder = join(root, '.barrow', 'bench-postgres')

/**
 * A PostgreSQL of its own, as safe from crashes as one that people buy from, with a shop of this size in it. What was
 * seeded is kept as a template: the next run of the same size and schema starts with a copy.
 */
export async function openShop(size: Size, log: (line: string) => void): Promise<MeasuredShop> {
  const server = await startPostgres({ dataDir: folder, port: 0, durable: true, settings: measured, log })
  const admin = new pg.Client({ connectionString: server.url() })
  await admin.connect()
  try {
    const template = `seeded_${SEED}_${size.products}`
    await prepare(admin, server.url, template, size, log)
    await dropLeftBehind(admin)
    const name = `measured_${size.products}_${process.pid}`
    await admin.query(`create database ${name} template ${template} strategy file_copy`)
    const databaseUrl = server.url(name)
    return { databaseUrl, env: envOf(databaseUrl), [Symbol.asyncDispose]: () => server.stop() }
  } catch (error) {
    await server.stop()
    throw error
  } finally {
    await admin.end()
  }
}

/** Copies belong to a run each, so that runs do not take them from each other; one that was killed leaves its own. */
async function dropLeftBehind(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database where datname like 'measured%'`,
  )
  for (const { datname } of rows) {
    const pid = Number(datname.split('_')[2])
    if (!isRunning(pid)) await admin.query(`drop database if exists ${datname} with (force)`)
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Raised when the seed writes something else than before. */
const SEED = 5

const envOf = (databaseUrl: string): Env => ({
  // All journeys begin at one address, as many at once as the bench wants.
  LIMITS_SCALE: '1000000',
  HTTP_MAX_IN_FLIGHT: '100000',
  HTTP_MAX_LAG_MS: '600000',
  DATABASE_URL: databaseUrl,
  DATABASE_POOL: '10',
  SECRET: randomBytes(32).toString('base64url'),
  DATABASE_ALLOW_SUPERUSER: 'true',
  PAYMENT_PROVIDER: 'test',
  MAILBOX_DIR: join(tmpdir(), 'barrow-bench-mailbox'),
})

const measured = [...countingSettings, 'shared_buffers=2GB', 'max_wal_size=4GB', 'checkpoint_timeout=30min', 'jit=off']

async function prepare(
  admin: pg.Client,
  urlOf: (database: string) => string,
  template: string,
  size: Size,
  log: (line: string) => void,
): Promise<void> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [template])
  // Migrating what is up to date costs little, and brings an older seed to the schema of today.
  if (rowCount === 1) return migrate(urlOf(template))
  log(`Seeding ${size.products.toLocaleString('en')} products …`)
  const began = performance.now()
  await admin.query('drop database if exists unfinished with (force)')
  await admin.query('create database unfinished')
  await migrate(urlOf('unfinished'))
  await seed(urlOf('unfinished'), size)
  await admin.query(`alter database unfinished rename to ${template}`)
  log(`Seeded in ${((performance.now() - began) / 1000).toFixed(0)} s.`)
}
