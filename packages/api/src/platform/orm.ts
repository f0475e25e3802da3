import { setTimeout as sleep } from 'node:timers/promises'
import type { EntitySchema } from '@mikro-orm/core'
import { Migrator } from '@mikro-orm/migrations'
import type { EntityManager, Options } from '@mikro-orm/postgresql'
import { defineConfig, MikroORM } from '@mikro-orm/postgresql'
import { type ClientBase, type Pool, type PoolClient, types } from 'pg'
import type { Config } from './config.ts'
import { type Lanes, lanesOfPool, openLanes } from './lanes.ts'
import { preparing } from './prepared.ts'
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
  /** No statement reads a table from its beginning where an index will do. */
  readonly byIndex?: boolean
}

/**
 * A plan is kept as long as its connection. One made while a table was small reads all of it, and goes on doing so while a
 * rush of buyers makes it large, until PostgreSQL looks at the table again a minute later: each cart is then found by
 * reading all of them (measured: five times slower). Nor is anything asked here that compiling would pay for.
 */
const BY_INDEX = '-c enable_seqscan=off -c jit=off'

/**
 * Whether a plan for any values will do is decided once for each connection and statement, by what was known of the tables
 * then; where that was wrong, PostgreSQL plans at every call from then on, which takes longer than to answer. So connections
 * do not grow old.
 */
const MAX_LIFETIME_SECONDS = 600

/** The connections of an ORM, once it has any. */
export interface Connected {
  readonly pool: Pool
  /** Undefined where the connections are too few to share some. */
  readonly lanes: Lanes | undefined
}

/** Whoever looks at what an ORM's connections do. */
export interface Watch {
  connected(connected: Connected): void
  connection(client: ClientBase): void
}

/** What the ORM needs to know; also what the migration commands start from. */
export function ormOptions(database: Connections, schema: Schema, watch?: Watch) {
  const shared = lanesOfPool(database.pool)
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
    pool: { min: 0, max: database.pool - shared },
    // Queues live in a schema of their own, which is theirs to look after.
    schemaGenerator: { ignoreSchema: ['bullmq'] },
    migrations: { migrationsList: schema.migrations, tableName: 'migration', snapshot: false },
    driverOptions: {
      types: { getTypeParser: typeParsers },
      // The ORM passes on where the database is, and nothing else of its URL.
      ssl: databaseTls(database.url),
      connectionTimeoutMillis: database.timeoutMs,
      maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
      // A server that is gone without a word is noticed by the system.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      statement_timeout: database.timeoutMs,
      lock_timeout: database.lockTimeoutMs ?? database.timeoutMs / 2,
      idle_in_transaction_session_timeout: database.timeoutMs * 2,
      ...(database.byIndex === true && { options: BY_INDEX }),
      onPoolCreated(pool: Pool) {
        const prepare = preparing()
        const outfit = (client: ClientBase) => {
          prepare(client)
          watch?.connection(client)
        }
        giveBackBroken(pool)
        pool.on('connect', outfit)
        watch?.connected({ pool, lanes: shared === 0 ? undefined : openLanes(pool, outfit) })
      },
    },
  })
}

const POLL_MS = 10

/** The connections of an ORM from its first question on, by its driver, which all its units of work have. */
const connected = new WeakMap<object, readonly Connected[]>()

/** The connections that the calls of an ORM share, where there are some. */
export const lanesOf = (em: EntityManager): Lanes | undefined => connected.get(em.getDriver())?.[0]?.lanes

/**
 * Connects when it is first asked something. Closing it waits for what is under way: a connection that is still being made
 * when its pool ends is given back by nobody, and the end waits for it for ever.
 */
export async function openOrm(database: Connections, schema: Schema, watch?: Watch): Promise<MikroORM> {
  const all: Connected[] = []
  const options = ormOptions(database, schema, {
    connection: (client) => watch?.connection(client),
    connected(one) {
      all.push(one)
      watch?.connected(one)
    },
  })
  const orm = await MikroORM.init(options)
  connected.set(orm.em.getDriver(), all)
  const close = orm.close.bind(orm)
  orm.close = async (force) => {
    // What was asked a moment ago has yet to reach the pool.
    do await sleep(POLL_MS)
    while (all.some(({ pool, lanes }) => isBusy(pool) || (lanes?.busy ?? 0) > 0))
    await Promise.all(all.map(({ lanes }) => lanes?.close()))
    await close(force)
  }
  return orm
}

/** Whether somebody holds a connection or waits for one; one that is being made counts as held. */
const isBusy = ({ totalCount, idleCount, waitingCount }: Pool): boolean => totalCount > idleCount || waitingCount > 0
