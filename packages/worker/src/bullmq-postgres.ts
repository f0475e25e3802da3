import { createPostgresBackend, type Job, type PgPool, Queue, runMigrations, Worker } from 'bullmq'
import pg from 'pg'
import type { Group, Message, Transport } from './transport.ts'

/** BullMQ's tables live in a schema of their own. */
const SCHEMA = 'bullmq'

/** How many messages of one group a process works on at once. */
const CONCURRENCY = 8

/** Brings BullMQ's tables to the version of this library; of several processes one does it and the others wait. */
export async function migrateBullmq(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await runMigrations(client, SCHEMA)
  } finally {
    await client.end()
  }
}

/** Carries events by BullMQ on PostgreSQL: one queue for each group, since a worker takes one connection to listen. */
export async function openBullmqPostgres(
  databaseUrl: string,
  groups: readonly Group[],
  onError: (error: Error) => void,
): Promise<Transport> {
  await migrateBullmq(databaseUrl)
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
  return {
    name: 'postgres',
    async publish(messages) {
      for (const { group, queue } of queues) {
        const wanted = messages.filter((message) => group.events.includes(message.name))
        if (wanted.length === 0) continue
        // No job id of ours: BullMQ would drop a message whose id it still holds without a word. A job is word of an event
        // and done when it is delivered, so none is kept.
        await queue.addBulk(
          wanted.map((message) => ({
            name: message.name,
            data: message,
            opts: { removeOnComplete: true, removeOnFail: true },
          })),
        )
      }
    },
    async subscribe(group, deliver) {
      const worker = new Worker(
        group.name,
        async (job: Job<Message>) => deliver(job.data),
        {
          ...options,
          concurrency: CONCURRENCY,
          // A worker that is killed leaves its jobs to the others; its events are due again by the inbox before that.
          lockDuration: 60_000,
          stalledInterval: 30_000,
          maxStalledCount: 1_000,
        },
        createPostgresBackend,
      )
      worker.on('error', onError)
      await worker.waitUntilReady()
      workers.push(worker)
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
      await Promise.all(queues.map(({ queue }) => queue.close()))
      await pool.end()
    },
  }
}
