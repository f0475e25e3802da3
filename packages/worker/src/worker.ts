import { setTimeout as sleep } from 'node:timers/promises'
import { assertMigrated, assertPlainRole, type Runtime } from '@barrow/api/runtime'
import * as webhook from '@barrow/api/webhook'
import { createWorkContext, relay } from '@barrow/api/work'
import { consume } from './consume.ts'
import type { Consumer } from './consumer.ts'
import { type Loop, startLoop } from './loop.ts'
import { patiently } from './patiently.ts'
import { startPickUp } from './pick-up.ts'
import { startPulse } from './pulse.ts'
import { runDue } from './schedules.ts'
import { startIndexing } from './search.ts'
import { topicOf } from './transport.ts'
import { openTransport } from './transports/open.ts'

export interface Worker {
  /** Whether each of its loops still comes round. */
  isLive(): boolean
  /** Takes nothing new on, and waits for what is under way. */
  stop(): Promise<void>
}

/** How often each loop looks by itself, in milliseconds. */
const LOOK = { outbox: 1_000, schedules: 1_000, webhooks: 1_000 }

/** How long a carrier is waited for to take word when the worker is to stop: without it, it is found in the inbox. */
const LAST_WORD_MS = 4_000

/** A round that takes longer than this hangs: everything it asks for has a time limit of its own. */
const HUNG_MS = 300_000

/**
 * Starts what finishes the work of requests: the relay that empties the outbox, the consumers, the retries, the
 * schedules, and the calls to merchants' servers.
 * Any number of workers may run.
 */
export async function startWorker(runtime: Runtime, consumers: readonly Consumer[]): Promise<Worker> {
  const { log, config } = runtime
  const groupOf = ({ name, events }: Consumer) => ({ name, events: events.map((event) => event.name) })
  const groups = consumers.map(groupOf)
  const subscriptions = consumers.map(({ name, events, awaited }) => ({
    consumer: name,
    events: events.map((event) => event.name),
    awaited,
  }))
  const ctx = () => createWorkContext(runtime, 'worker', 'worker', 'worker')
  const failed = (what: string) => (error: unknown) => log.error({ err: error }, `${what} failed`)

  await patiently(() => assertMigrated(runtime.orm), failed('start'))
  await assertPlainRole(runtime)
  const transport = await openTransport(config, groups, failed('transport'))

  const outbox = startLoop(
    LOOK.outbox,
    async () => {
      const sent = await relay(ctx(), subscriptions)
      const spans = sent.flatMap(({ name, traceparent }) =>
        traceparent === null ? [] : [runtime.tracing.begin(`relay ${name}`, { kind: 'producer', parent: traceparent })],
      )
      const word = sent.filter(({ consumers }) => consumers.length > 0)
      await transport.publish(
        word.map(({ id, name, key, consumers }) => ({
          topic: topicOf(name),
          key,
          name,
          eventId: id,
          groups: consumers,
        })),
      )
      for (const span of spans) span.end()
      return sent.length > 0
    },
    failed('relay'),
  )
  const inboxes = consumers.map(
    (consumer) => [`consumer ${consumer.name}`, startPickUp(runtime, consumer, failed('inbox'))] as const,
  )
  const clock = startLoop(
    LOOK.schedules,
    async () => {
      await runDue(runtime)
      return false
    },
    failed('schedules'),
  )
  const stopping = new AbortController()
  const calls = startLoop(
    LOOK.webhooks,
    async () => {
      const ctx = createWorkContext(runtime, 'worker', 'worker:webhooks', 'webhooks')
      return (await webhook.deliverDue(ctx, { signal: stopping.signal })) > 0
    },
    failed('webhooks'),
  )
  // Not among the loops whose rounds are short: to fill an index takes as long as there are products.
  const indexing = startIndexing(runtime, failed('search'))
  const pulse = startPulse(runtime, consumers, failed('pulse'))
  const deaf = runtime.changes.on(null, outbox.wake)
  for (const consumer of consumers) {
    await transport.subscribe(groupOf(consumer), ({ eventId }) => consume(runtime, consumer, { eventId, replay: 0 }))
  }
  const loops: Record<string, Pick<Loop, 'busyMs' | 'stop'>> = {
    relay: outbox,
    schedules: clock,
    calls,
    ...Object.fromEntries(inboxes),
  }
  runtime.metrics.onGather(() => {
    for (const [loop, { busyMs }] of Object.entries(loops)) runtime.metrics.loopSeconds.set({ loop }, busyMs() / 1000)
  })
  return {
    isLive: () => Object.values(loops).every((loop) => loop.busyMs() < HUNG_MS),
    async stop() {
      deaf()
      stopping.abort()
      const stopped = [indexing, clock, calls, ...inboxes.map(([, inbox]) => inbox)].map((loop) => loop.stop())
      await Promise.all([...stopped, Promise.race([outbox.stop(), sleep(LAST_WORD_MS, undefined, { ref: false })])])
      await transport.close()
      await pulse.stop()
    },
  }
}
