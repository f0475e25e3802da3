import { join } from 'node:path'
import { migrate } from '@barrow/api/runtime'
import { startPostgres } from '@barrow/dev/postgres'
import pg from 'pg'
import { type Size, seed } from './seed.ts'
import { countingSettings } from './statements.ts'

export interface MeasuredShop extends AsyncDisposable {
  /** A fresh copy of the seeded database. */
  readonly databaseUrl: string
}

const folder = join(import.meta.dirname, '..', '..', '..', '.barrow', 'bench-postgres')

/**
 * A PostgreSQL of its own, as safe from crashes as one that people buy from, with a shop of this size in it. What was
 * seeded is kept as a template: the next run of the same size and schema starts with a copy.
 */
export async function openShop(size: Size, log: (line: string) => void): Promise<MeasuredShop> {
  const server = await startPostgres({ dataDir: folder, port: 0, durable: true, settings: measured, log })
  const admin = new pg.Client({ connectionString: server.url() })
  await admin.connect()
  try {
    const template = `seeded_${size.products}`
    await prepare(admin, server.url, template, size, log)
    const name = 'measured'
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.query(`create database ${name} template ${template} strategy file_copy`)
    return { databaseUrl: server.url(name), [Symbol.asyncDispose]: () => server.stop() }
  } catch (error) {
    await server.stop()
    throw error
  } finally {
    await admin.end()
  }
}

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
  await admin.query('drop database if exists unfinished with (force)')
  await admin.query('create database unfinished')
  await migrate(urlOf('unfinished'))
  await seed(urlOf('unfinished'), size)
  await admin.query(`alter database unfinished rename to ${template}`)
}
