import { setTimeout as sleep } from 'node:timers/promises'
import type { EntitySchema } from '@mikro-orm/core'
import { Migrator } from '@mikro-orm/migrations'
import type { Options } from '@mikro-orm/postgresql'
import { defineConfig, MikroORM } from '@mikro-orm/postgresql'
import { type Pool, type PoolClient, types } from 'pg'
import type { Config } from './config.ts'
import { prepareUsual } from './prepared.ts'
import { databaseTls } from './tls-settings.ts'

const INT8 = 20
const TIMESTAMPTZ = 1184

/** Whole numbers of the database are safe integers here: see MAX_AMOUNT and the CHECK constraints. */
const typeParsers: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (Number(oid) === INT8) return Number
  if (Number(oid) === TIMESTAMPTZ) return (text: string) => new Date(text)
  return types.getTypeParser(oid, format as 'text')
}

export interface Schema {
  readonly entities: readonly EntitySchema[]
  readonly migrations: NonNullable<NonNullable<Options['migrations']>['migrationsList']>
}

/**
 * A transaction gives its connection back when it ends on it; on one that broke off it never does
 * (https://github.com/kysely-org/kysely/issues/1990), and the pool would be one short for good. So here the pool takes
 * back whatever breaks off in somebody's hands.
 */
function giveBackBroken(pool: Pool): void {
  const held = new WeakSet<PoolClient>()
  pool.on('acquire', (client) => held.add(client))
  pool.on('release', (_error, client) => held.delete(client))
  pool.on('connect', (client) => {
    client.once('end', () => {
      if (!held.has(client)) return
      client.release(true)
      // A second time would throw, and who held it may still give it back.
      client.release = () => {}
    })
  })
}

/** How to reach a database, and for how long to wait there. */
export interface Connections extends Pick<Config['database'], 'url' | 'pool' | 'timeoutMs'> {
  /** Half of `timeoutMs` when left out. */
  readonly lockTimeoutMs?: number
}

/** What the ORM needs to know; also what the migration commands start from. */
export function ormOptions(database: Connections, schema: Schema, watch: (pool: Pool) => void = () => {}) {
  return defineConfig({
    clientUrl: database.url,
    entities: [...schema.entities],
    extensions: [Migrator],
    // Rows of one parent come in one more query each, never multiplied by a join.
    loadStrategy: 'select-in',
    // Nobody's first call should look for the database, or make one: operators do.
    ensureDatabase: false,
    // Relations are named in the query; nothing loads by being touched.
    allowGlobalContext: false,
    forceUtcTimezone: true,
    // What is worth a line is logged by the call; the ORM's own words go nowhere.
    logger: () => {},
    pool: { min: 0, max: database.pool },
    // Queues live in a schema of their own, which is theirs to look after.
    schemaGenerator: { ignoreSchema: ['bullmq'] },
    migrations: { migrationsList: schema.migrations, tableName: 'migration', snapshot: false },
    driverOptions: {
      types: { getTypeParser: typeParsers },
      // The ORM passes on where the database is, and nothing else of its URL.
      ssl: databaseTls(database.url),
      connectionTimeoutMillis: database.timeoutMs,
      // A server that is gone without a word is noticed by the system.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      statement_timeout: database.timeoutMs,
      lock_timeout: database.lockTimeoutMs ?? database.timeoutMs / 2,
      idle_in_transaction_session_timeout: database.timeoutMs * 2,
      onPoolCreated(pool: Pool) {
        giveBackBroken(pool)
        prepareUsual(pool)
        watch(pool)
      },
    },
  })
}

const POLL_MS = 10

/**
 * Connects when it is first asked something. Closing it waits for what is under way: a connection that is still being made
 * when its pool ends is given back by nobody, and the end waits for it for ever.
 */
export async function openOrm(
  database: Connections,
  schema: Schema,
  watch: (pool: Pool) => void = () => {},
): Promise<MikroORM> {
  const pools: Pool[] = []
  const options = ormOptions(database, schema, (pool) => {
    pools.push(pool)
    watch(pool)
  })
  const orm = await MikroORM.init(options)
  const close = orm.close.bind(orm)
  orm.close = async (force) => {
    // What was asked a moment ago has yet to reach the pool.
    do await sleep(POLL_MS)
    while (pools.some(isBusy))
    await close(force)
  }
  return orm
}

/** Whether somebody holds a connection or waits for one; one that is being made counts as held. */
const isBusy = ({ totalCount, idleCount, waitingCount }: Pool): boolean => totalCount > idleCount || waitingCount > 0
