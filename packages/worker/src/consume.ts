import type { Context, Runtime } from '@barrow/api/runtime'
import {
  claim,
  createWorkContext,
  type Event,
  type EventId,
  Fault,
  fail,
  inTransaction,
  nextOf,
  take,
} from '@barrow/api/work'
import type { Consumer } from './consumer.ts'

/** After so many tries an event is dead: it stays in the inbox with its error and its key goes on. */
const MAX_ATTEMPTS = 10
/** What is merely unavailable (a payment provider that does not answer) is waited for longer: about eight hours. */
const MAX_ATTEMPTS_UNAVAILABLE = 100
const MAX_DELAY_SECONDS = 300

/**
 * Hands an event to a consumer, and after it those of the same key that waited for it. Safe to call for any event at any
 * time, by any number of workers: the inbox says whether there is something to do, and for whom.
 */
export async function consume(runtime: Runtime, consumer: Consumer, first: EventId): Promise<void> {
  for (let eventId: EventId | undefined = first; eventId !== undefined; ) {
    const ctx = createWorkContext(runtime, 'worker', `worker:${consumer.name}`, eventId)
    const taken = await take(ctx, consumer.name, eventId, runtime.config.worker.leaseSeconds)
    if (taken === undefined) return
    await attempt(ctx, consumer, taken.event, taken.attempt)
    eventId = await nextOf(ctx, consumer.name, taken.event.key)
  }
}

async function attempt(ctx: Context, consumer: Consumer, taken: Event, attempts: number): Promise<void> {
  try {
    const event = { ...taken, payload: parse(consumer, taken) }
    const prepared = await consumer.before(ctx, event)
    await inTransaction(ctx, async (ctx) => {
      if (!(await claim(ctx, consumer.name, event.id))) return
      await consumer.handle(ctx, event, prepared)
    })
  } catch (error) {
    const delay = delayOf(error, attempts)
    const line = { err: error, event: taken.name, key: taken.key, attempts, delaySeconds: delay }
    if (delay === null) ctx.log.error(line, `${consumer.name} gave an event up`)
    else ctx.log.warn(line, `${consumer.name} will try again`)
    await fail(ctx, consumer.name, taken.id, messageOf(error), delay)
  }
}

function parse(consumer: Consumer, { name, version, payload }: Event): unknown {
  const contract = consumer.events.find((event) => event.name === name && event.version === version)
  if (contract === undefined) throw new Error(`${consumer.name} does not know ${name} version ${version}`)
  return contract.payload.parse(payload)
}

/** When to try again, in seconds: later each time, and never all at once; null when it is no use. */
function delayOf(error: unknown, attempts: number): number | null {
  const unavailable = error instanceof Fault && (error.kind === 'unavailable' || error.kind === 'limited')
  if (attempts >= (unavailable ? MAX_ATTEMPTS_UNAVAILABLE : MAX_ATTEMPTS)) return null
  return Math.min(MAX_DELAY_SECONDS, 2 ** (attempts - 1)) * (0.5 + Math.random() / 2)
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)
