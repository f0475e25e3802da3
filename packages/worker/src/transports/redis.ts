import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '@barrow/api/runtime'
import { type Job, Queue, Worker } from 'bullmq'
import { Redis, type RedisOptions } from 'ioredis'
import { Advice, type Deliver, type Group, type Message, type Part, type Transport } from '../transport.ts'
import { jobsFor, membership } from './bullmq.ts'
import { trackDeliveries } from './deliveries.ts'

export interface RedisSettings {
  readonly url: string
  /** What the names of all keys begin with: shops that share a Redis differ in it. */
  readonly prefix: string
}

const patience = 5_000

const connection: RedisOptions = {
  lazyConnect: true,
  connectTimeout: patience,
  keepAlive: 10_000,
  retryStrategy: (times) => Math.min(times * 100, 2_000),
}

/**
 * Carries events by BullMQ on Redis: one queue for each group. Without Redis `publish` rejects at once, and deliveries go
 * on when it is back, even empty. Raises when Redis may throw jobs out to make room.
 */
export async function openRedis(
  { url, prefix }: RedisSettings,
  { groups, leaseSeconds, onError }: Part,
): Promise<Transport> {
  // Who publishes would rather know at once than wait: what is not sent is found in the inbox.
  const producer = new Redis(url, {
    ...connection,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: patience,
  })
  const consumer = new Redis(url, { ...connection, maxRetriesPerRequest: null })
  for (const client of [producer, consumer]) client.on('error', onError)
  const workers: Worker[] = []
  const deliveries = trackDeliveries()
  const queues = new Map<string, Queue>()
  let closing = false

  const connected = producer.connect().then(() => assertKeeps(producer))
  producer.once('ready', () => void tellForgetful(producer, onError).catch(onError))
  // Whoever brings Redis back may bring another.
  producer.on('ready', () => void assertKeeps(producer).catch(onError))
  consumer.connect().catch(onError)
  try {
    await connected
  } catch (error) {
    if (!(error instanceof EvictionError))
      onError(new Error('Redis is not reached; until it is, events are looked for in the inbox'))
    else {
      for (const client of [producer, consumer]) client.disconnect()
      throw error
    }
  }

  /** BullMQ's objects never recover from a Redis that is away while they are made. */
  async function queueOf({ name }: Pick<Group, 'name'>): Promise<Queue> {
    const known = queues.get(name)
    if (known !== undefined) return known
    if (producer.status !== 'ready') throw new Error('Redis is not reached')
    const queue = new Queue(name, { connection: producer, prefix })
    queue.on('error', onError)
    await queue.waitUntilReady()
    queues.set(name, queue)
    return queue
  }

  async function join(group: Group, deliver: Deliver): Promise<void> {
    const tracked = deliveries.tracked(deliver)
    while (!closing) {
      if (consumer.status === 'ready') {
        const worker = new Worker(group.name, (job: Job<Message>) => tracked(job.data), {
          ...membership(leaseSeconds),
          connection: consumer,
          prefix,
        })
        worker.on('error', onError)
        const ready = await worker.waitUntilReady().then(
          () => true,
          () => false,
        )
        if (ready) return void workers.push(worker)
        await worker.close(true).catch(onError)
      }
      await sleep(500)
    }
  }

  return {
    name: 'redis',
    init: async () => {},
    async publish(messages) {
      for (const group of groups) {
        const jobs = jobsFor(group, messages)
        if (jobs.length > 0) await (await queueOf(group)).addBulk(jobs)
      }
    },
    async subscribe(group, deliver) {
      void join(group, deliver)
    },
    forget: async (group) => (await queueOf({ name: group })).obliterate({ force: true }),
    async close() {
      closing = true
      // A worker waits for Redis for ever, to say there that its last jobs are done, unless it is told not to.
      const away = consumer.status !== 'ready'
      if (away) await deliveries.delivered()
      await deliveries.waitFor(Promise.all(workers.map((worker) => worker.close(away))).then(deliveries.delivered))
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      for (const client of [producer, consumer]) client.disconnect()
    },
  }
}

/** Redis is set up to delete what nobody told it to delete. */
class EvictionError extends ConfigError {}

/** Asks `INFO`, which services that rent Redis out allow, unlike `CONFIG`. */
async function assertKeeps(redis: Redis): Promise<void> {
  const policy = (await redis.info('memory')).match(/^maxmemory_policy:(\S+)/m)?.[1]
  if (policy === undefined || policy === 'noeviction') return
  throw new EvictionError(
    `Redis must not throw jobs out when its memory is full: set maxmemory-policy to noeviction, it is ${policy}`,
  )
}

/** Says of a Redis that writes nothing down what that means. */
async function tellForgetful(redis: Redis, onError: (error: Error) => void): Promise<void> {
  if (!/^aof_enabled:0/m.test(await redis.info('persistence'))) return
  const when = 'when it ends, events on their way wait until they are looked for in the inbox'
  onError(new Advice(`Redis writes nothing down: set appendonly to yes, or ${when}`))
}
