import { SchemaBehindError } from '@barrow/api/runtime'
import {
  assertSchemaCompatibility,
  createPostgresBackend,
  type Job,
  LATEST_SCHEMA_VERSION,
  type PgPool,
  Queue,
  SchemaMigrationRequiredError,
  Worker,
} from 'bullmq'
import pg from 'pg'
import { patiently } from '../patiently.ts'
import type { Deliver, Group, Message, Part, Transport } from '../transport.ts'
import { jobsFor, membership } from './bullmq.ts'

/** BullMQ's tables live in a schema of their own. */
export const SCHEMA = 'bullmq'

/** Raises unless BullMQ's tables are those of this library's version, or of a later one it can work with. */
async function assertQueues(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  // One that breaks tells whoever asked it something; it would take the process down for telling nobody else.
  client.on('error', () => {})
  await client.connect()
  try {
    const version = await assertSchemaCompatibility(client, SCHEMA)
    if (version < LATEST_SCHEMA_VERSION) throw new SchemaBehindError([`BullMQ ${LATEST_SCHEMA_VERSION}`])
  } catch (error) {
    throw error instanceof SchemaMigrationRequiredError
      ? new SchemaBehindError([`BullMQ ${LATEST_SCHEMA_VERSION}`])
      : error
  } finally {
    await client.end()
  }
}

/** Carries events by BullMQ on PostgreSQL: one queue for each group, since a worker takes one connection to listen. */
export async function openPostgres(databaseUrl: string, { groups, leaseSeconds, onError }: Part): Promise<Transport> {
  await patiently(() => assertQueues(databaseUrl), onError)
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    // Jobs are only word of events: what a PostgreSQL that dies forgets of them is found in the inbox.
    options: `-c search_path=${SCHEMA} -c synchronous_commit=off`,
    max: groups.length + 4,
    keepAlive: true,
  })
  // Each queue and each of its workers listens for its errors, besides this.
  pool.setMaxListeners(0).on('error', onError)
  // One that breaks while BullMQ holds it has nobody else to tell, and would take the process down.
  pool.on('connect', (client) => void client.on('error', onError))
  // The same object: pg types its listeners in another way than BullMQ does.
  const options = { connection: pool as unknown as PgPool }
  const queues = groups.map((group) => ({
    group,
    queue: new Queue(group.name, options, createPostgresBackend).on('error', onError),
  }))
  const workers: { close(): Promise<void> }[] = []

  async function join(group: Group, deliver: Deliver): Promise<{ close(): Promise<void> }> {
    const worker = new Worker(
      group.name,
      (job: Job<Message>) => deliver(job.data),
      { ...options, ...membership(leaseSeconds) },
      createPostgresBackend,
    )
    worker.on('error', onError)
    try {
      await worker.waitUntilReady()
      return worker
    } catch (error) {
      // It does not recover from a database that was away while it was made.
      await worker.close(true).catch(onError)
      throw error
    }
  }

  return {
    name: 'postgres',
    init: async () => {},
    async publish(messages) {
      for (const { group, queue } of queues) {
        const jobs = jobsFor(group, messages)
        if (jobs.length > 0) await queue.addBulk(jobs)
      }
    },
    async subscribe(group, deliver) {
      workers.push(await patiently(() => join(group, deliver), onError))
    },
    async forget(group) {
      // Not by `obliterate`: that drops a sequence as well, which is the owner's and not the shop's role's.
      for (const table of ['job', 'event', 'meta']) await pool.query(`delete from ${table} where queue = $1`, [group])
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
      await Promise.all(queues.map(({ queue }) => queue.close()))
      await pool.end()
    },
  }
}
