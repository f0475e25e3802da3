import type { Context, Runtime } from '@barrow/api/runtime'
import {
  claim,
  createWorkContext,
  type Entry,
  type Event,
  Fault,
  fail,
  inTransaction,
  nextOf,
  type Span,
  type Taken,
  take,
  withoutPersons,
} from '@barrow/api/work'
import type { Consumer } from './consumer.ts'

/** How failures are tried again; the README explains the numbers. */
export const retries = {
  /** After so many tries an event is dead: it stays in the inbox with its error and its key goes on. */
  attempts: 10,
  /** What is merely unavailable (a payment provider that does not answer) is waited for longer: about six hours. */
  attemptsWhileUnavailable: 100,
  firstDelaySeconds: 1,
  maxDelaySeconds: 300,
} as const

/**
 * Hands an event to a consumer, and after it those of the same key that waited for it. Safe to call for any event at any
 * time, by any number of workers: the inbox says whether there is something to do, and for whom.
 */
export async function consume(runtime: Runtime, consumer: Consumer, first: Omit<Entry, 'consumer'>): Promise<void> {
  for (let entry: Entry | undefined = { ...first, consumer: consumer.name }; entry !== undefined; ) {
    const ctx = createWorkContext(runtime, 'worker', `worker:${consumer.name}`, entry.eventId)
    const taken = await take(ctx, entry, runtime.config.worker.leaseSeconds)
    if (taken === undefined) return
    const { event } = taken
    const current = entry
    const attributes = { 'barrow.event': event.name, 'barrow.event_id': event.id, 'barrow.attempt': taken.attempt }
    const name = `${consumer.name} ${event.name}`
    await ctx.tracing.within(name, { kind: 'consumer', parent: event.traceparent ?? undefined, attributes }, (span) =>
      attempt(ctx, consumer, current, taken, span),
    )
    entry = await nextOf(ctx, consumer.name, taken.event.key)
  }
}

async function attempt(ctx: Context, consumer: Consumer, entry: Entry, taken: Taken, span: Span): Promise<void> {
  const began = performance.now()
  const ended = (outcome: 'done' | 'retry' | 'dead') => {
    ctx.metrics.eventsConsumed.inc({ consumer: consumer.name, outcome })
    ctx.metrics.eventSeconds.observe({ consumer: consumer.name }, (performance.now() - began) / 1000)
    if (outcome !== 'done') span.end(outcome)
  }
  try {
    const event = { ...taken.event, payload: parse(consumer, taken.event) }
    const prepared = await consumer.before(ctx, event)
    await inTransaction(ctx, async (ctx) => {
      if (!(await claim(ctx, entry))) return
      await consumer.handle(ctx, event, prepared)
    })
    ended('done')
  } catch (error) {
    const { event, attempt } = taken
    const delaySeconds = delayOf(error, attempt)
    const line = { err: error, event: event.name, key: event.key, attempt, delaySeconds }
    if (delaySeconds === null) ctx.log.error(line, `${consumer.name} gave an event up`)
    else ctx.log.warn(line, `${consumer.name} will try again`)
    ended(delaySeconds === null ? 'dead' : 'retry')
    await fail(ctx, entry, { attempt, error: withoutPersons(messageOf(error)), delaySeconds })
  }
}

function parse(consumer: Consumer, { name, version, payload }: Event): unknown {
  const contract = consumer.events.find((event) => event.name === name && event.version === version)
  if (contract === undefined) throw new Error(`${consumer.name} does not know ${name} version ${version}`)
  return contract.payload.parse(payload)
}

/** When to try again, in seconds: later each time, and never all at once; null when it is no use. */
export function delayOf(error: unknown, attempts: number): number | null {
  // Wrong now, and wrong whenever it is tried again: an address that nobody has, for one.
  if (error instanceof Fault && error.kind === 'invalid') return null
  const unavailable = error instanceof Fault && (error.kind === 'unavailable' || error.kind === 'limited')
  if (attempts >= (unavailable ? retries.attemptsWhileUnavailable : retries.attempts)) return null
  return Math.min(retries.maxDelaySeconds, retries.firstDelaySeconds * 2 ** (attempts - 1)) * (0.5 + Math.random() / 2)
}

function messageOf(error: unknown): string {
  if (error instanceof Fault) return `${error.reason}: ${error.message} ${JSON.stringify(error.details)}`
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
