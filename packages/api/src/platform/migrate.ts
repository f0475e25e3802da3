import { setTimeout as sleep } from 'node:timers/promises'
import type { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { isAway } from './error-shape.ts'
import { openOrm, type Schema } from './orm.ts'

/** An index on a large table takes its time. */
const STATEMENT_TIMEOUT_MS = 300_000
/** Who waits for a table's lock keeps everybody behind it waiting as well: a migration gives up, and tries again later. */
const LOCK_TIMEOUT_MS = 2_000
const TRIES = 30
const LOCK_NOT_AVAILABLE = '55P03'
/** Where a schema's own migrations are noted; also those of BullMQ. */
const LEDGER = 'migration'

export interface MigrateOptions {
  /** The address that processes of the shop use. When its role is another, it may read and write rows afterwards. */
  readonly appUrl?: string | undefined
  /** Other schemas of this database, and who brings them to their version. */
  readonly others?: readonly OtherSchema[]
}

export interface OtherSchema {
  readonly name: string
  migrate(client: pg.Client): Promise<unknown>
}

/** Opens a database for the one who owns its tables. */
export const openForMigration = (url: string, schema: Schema): Promise<MikroORM> =>
  openOrm({ url, pool: 2, timeoutMs: STATEMENT_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS }, schema)

/**
 * Brings a database to this version's schema: one process at a time, the others wait and find nothing left to do. All of
 * it or nothing happens; a table that others hold locked is waited for a minute.
 */
export async function migrateDatabase(
  url: string,
  schema: Schema,
  { appUrl = url, others = [] }: MigrateOptions = {},
): Promise<void> {
  const client = new pg.Client({ connectionString: url, keepAlive: true })
  // The next question says so too.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('barrow-migrate'))`)
    const orm = await openForMigration(url, schema)
    try {
      await whenUnlocked(() => orm.migrator.up())
    } finally {
      await orm.close()
    }
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`)
    for (const other of others) await whenUnlocked(() => other.migrate(client))
    await whenUnlocked(() => grant(client, appUrl, ['public', ...others.map(({ name }) => name)]))
  } finally {
    await client.end()
  }
}

async function whenUnlocked(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work()
      return
    } catch (error) {
      if (tries === TRIES || !isLocked(error)) throw error
      await sleep(Math.random() * 1_000)
    }
  }
}

const isLocked = (error: unknown): boolean =>
  error instanceof Error && (('code' in error && error.code === LOCK_NOT_AVAILABLE) || isLocked(error.cause))

/** Lets the role of the shop's processes read and write the rows of these schemas, and nothing more of them. */
async function grant(client: pg.Client, appUrl: string, schemas: readonly string[]): Promise<void> {
  const app = decodeURIComponent(new URL(appUrl).username)
  const { rows } = await client.query<{ owner: string }>('select current_user as owner')
  if (app === '' || rows[0]?.owner === app) return
  const role = pg.escapeIdentifier(app)
  for (const name of schemas.map((schema) => pg.escapeIdentifier(schema))) {
    const rights = 'select, insert, update, delete'
    await client.query(`grant usage on schema ${name} to ${role}`)
    await client.query(`grant ${rights} on all tables in schema ${name} to ${role}`)
    await client.query(`grant usage, select on all sequences in schema ${name} to ${role}`)
    await client.query(`alter default privileges in schema ${name} grant ${rights} on tables to ${role}`)
    await client.query(`alter default privileges in schema ${name} grant usage, select on sequences to ${role}`)
    // What is migrated is for the owner to say.
    await client.query(`revoke insert, update, delete on ${name}.${LEDGER} from ${role}`)
  }
}

/** A database that the migrations of this version have not been run on. */
export class SchemaBehindError extends Error {
  override readonly name = 'SchemaBehindError'
  constructor(missing: readonly string[]) {
    super(
      `The database is behind this version of Barrow: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not there yet. Run \`barrow migrate\`.`,
    )
  }
}

/** Raises {@link SchemaBehindError} when migrations of this version are missing. Of a later version there may be some. */
export async function assertMigrated(orm: MikroORM): Promise<void> {
  const missing = await missingMigrations(orm)
  if (missing.length > 0) throw new SchemaBehindError(missing)
}

/** The same as far as it can be known now: a database that is away is not behind. */
export const assertNotBehind = (orm: MikroORM): Promise<void> =>
  assertMigrated(orm).catch((error: unknown) => {
    if (!isAway(error)) throw error
  })

async function missingMigrations(orm: MikroORM): Promise<readonly string[]> {
  const em = orm.em.fork()
  const [ledger] = await em.execute<{ there: boolean }[]>(`select to_regclass('public.${LEDGER}') is not null as there`)
  const done = ledger?.there ? await em.execute<{ name: string }[]>(`select name from public.${LEDGER}`) : []
  const names = new Set(done.map(({ name }) => name))
  const wanted = orm.config.get('migrations').migrationsList ?? []
  return wanted.flatMap((migration) => ('name' in migration && !names.has(migration.name) ? [migration.name] : []))
}
