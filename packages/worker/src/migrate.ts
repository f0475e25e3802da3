import { migrate as migrateShop, schema } from '@barrow/api/runtime'
import { LATEST_SCHEMA_VERSION, runMigrations } from 'bullmq'
import { type Client, escapeIdentifier } from 'pg'
import { consumers } from './consumers/index.ts'
import { SCHEMA } from './transports/postgres.ts'

/** Changes with every change of what {@link migrate} makes. */
export const schemaVersion = JSON.stringify([
  LATEST_SCHEMA_VERSION,
  ...consumers.map(({ name }) => name),
  ...schema.migrations.map((migration) => [migration.name, String(migration.class)]),
])

/**
 * Brings a database to this version's schema, the queues that carry events on PostgreSQL included. With `appUrl` the role
 * of the shop's processes, as that address names it, may read and write rows afterwards.
 */
export const migrate = (ownerUrl: string, appUrl?: string): Promise<void> =>
  migrateShop(ownerUrl, {
    appUrl,
    others: [{ name: SCHEMA, migrate: migrateQueues }],
  })

async function migrateQueues(client: Client): Promise<void> {
  await runMigrations(client, SCHEMA)
  // BullMQ makes these with a queue's first job, which the shop's role may not.
  for (const { name } of consumers) {
    const { rows } = await client.query<{ sequence: string }>(`select ${SCHEMA}.job_id_seq_name($1) as sequence`, [
      name,
    ])
    for (const { sequence } of rows) {
      await client.query(`create sequence if not exists ${SCHEMA}.${escapeIdentifier(sequence)}`)
    }
  }
}
