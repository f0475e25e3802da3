import type { JobsOptions } from 'bullmq'
import type { Group, Message } from '../transport.ts'

/**
 * A job is word of an event and done when that is delivered, so none is kept. It has no id of ours: BullMQ would drop a
 * message whose id it still holds without a word. A delivery that fails found no database to tell of it, and is made
 * again until there is one.
 */
const job: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1_000, jitter: 0.5 },
}

/** How a process takes part in a group; after `leaseSeconds` without a sign of life others take its messages over. */
export const membership = (leaseSeconds: number) => ({
  /** How many messages of one group a process works on at once. */
  concurrency: 8,
  lockDuration: leaseSeconds * 1000,
  stalledInterval: leaseSeconds * 1000,
  // BullMQ would give a job up for good that was under way in two processes when they were killed.
  maxStalledCount: 1_000_000,
})

/** What of these messages a group has to do with, as jobs of its queue. */
export const jobsFor = (group: Group, messages: readonly Message[]) =>
  messages
    .filter((message) => message.groups.includes(group.name))
    .map((message) => ({ name: message.name, data: message, opts: job }))
