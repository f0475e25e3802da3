import { migrate as migrateShop, schema } from '@barrow/api/runtime'
import { LATEST_SCHEMA_VERSION, runMigrations } from 'bullmq'
import { SCHEMA } from './transports/postgres.ts'

/** Changes with every change of what {@link migrate} makes. */
export const schemaVersion = JSON.stringify([
  LATEST_SCHEMA_VERSION,
  ...schema.migrations.map((migration) => [migration.name, String(migration.class)]),
])

/**
 * Brings a database to this version's schema, the queues that carry events on PostgreSQL included. With `appUrl` the role
 * of the shop's processes, as that address names it, may read and write rows afterwards.
 */
export const migrate = (ownerUrl: string, appUrl?: string): Promise<void> =>
  migrateShop(ownerUrl, {
    appUrl,
    others: [{ name: SCHEMA, migrate: (client) => runMigrations(client, SCHEMA) }],
  })
