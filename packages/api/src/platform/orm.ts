import type { EntitySchema } from '@mikro-orm/core'
import { Migrator } from '@mikro-orm/migrations'
import type { Options } from '@mikro-orm/postgresql'
import { defineConfig, MikroORM } from '@mikro-orm/postgresql'
import { types } from 'pg'
import type { Config } from './config.ts'

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

/** What the ORM needs to know; also what the migration commands start from. */
export function ormOptions(database: Config['database'], schema: Schema) {
  return defineConfig({
    clientUrl: database.url,
    entities: [...schema.entities],
    extensions: [Migrator],
    // Rows of one parent come in one more query each, never multiplied by a join.
    loadStrategy: 'select-in',
    // Relations are named in the query; nothing loads by being touched.
    allowGlobalContext: false,
    forceUtcTimezone: true,
    // What is worth a line is logged by the call; the ORM's own words go nowhere.
    logger: () => {},
    pool: { min: 0, max: database.pool },
    migrations: { migrationsList: schema.migrations, tableName: 'migration', snapshot: false },
    driverOptions: {
      types: { getTypeParser: typeParsers },
      connectionTimeoutMillis: database.timeoutMs,
      statement_timeout: database.timeoutMs,
      lock_timeout: database.timeoutMs / 2,
      idle_in_transaction_session_timeout: database.timeoutMs * 2,
    },
  })
}

export const openOrm = (database: Config['database'], schema: Schema) => MikroORM.init(ormOptions(database, schema))
