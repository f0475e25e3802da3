import { createPostgresBackend, type Job, type PgPool, Queue, runMigrations, Worker } from 'bullmq'
import pg from 'pg'
import { patiently } from '../patiently.ts'
import type { Deliver, Group, Message, Part, Transport } from '../transport.ts'
import { jobsFor, membership } from './bullmq.ts'

/** BullMQ's tables live in a schema of their own. */
const SCHEMA = 'bullmq'

/** Brings BullMQ's tables to the version of this library; of several processes one does it and the others wait. */
async function migrateBullmq(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await runMigrations(client, SCHEMA)
  } finally {
    await client.end()
  }
}

/** Carries events by BullMQ on PostgreSQL: one queue for each group, since a worker takes one connection to listen. */
export async function openPostgres(databaseUrl: string, { groups, leaseSeconds, onError }: Part): Promise<Transport> {
  await patiently(() => migrateBullmq(databaseUrl), onError)
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: `-c search_path=${SCHEMA}`,
    max: groups.length + 4,
    keepAlive: true,
  })
  pool.on('error', onError)
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
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
      await Promise.all(queues.map(({ queue }) => queue.close()))
      await pool.end()
    },
  }
}
