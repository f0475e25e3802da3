import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../../platform/context.ts'
import type { Outcome } from '../../platform/ports/outbound.ts'
import { type Claimed, claim } from './claim.ts'
import { record } from './record.ts'
import { openSecrets } from './secrets.ts'
import { signedHeaders } from './sign.ts'

export interface DeliverOptions {
  /** Calls under way at once. */
  readonly limit?: number
  /** Ends the round early: what is under way is finished, nothing new begun. */
  readonly signal?: AbortSignal
}

/** While calls are under way, how often to look for more that have become due, in milliseconds. */
const LOOK_MS = 250

/**
 * Sends what is due until nothing is, several at a time; answers how many calls it made. Any number of workers may run
 * it at once. A call may be made twice when a worker dies after it, with the same event id: receivers tell by that.
 */
export async function deliverDue(ctx: Context, { limit = 16, signal }: DeliverOptions = {}): Promise<number> {
  const underWay = new Set<Promise<void>>()
  let calls = 0
  try {
    for (;;) {
      const free = limit - underWay.size
      const claimed = signal?.aborted || free === 0 ? [] : await claim(ctx, free)
      calls += claimed.length
      for (const delivery of claimed) {
        const call = attempt(ctx, delivery).finally(() => underWay.delete(call))
        underWay.add(call)
      }
      if (underWay.size === 0) return calls
      await nextOf(underWay)
    }
  } finally {
    await Promise.all(underWay)
  }
}

/** Waits until one has ended, or it is time to look again. */
async function nextOf(underWay: ReadonlySet<Promise<void>>): Promise<void> {
  const nap = new AbortController()
  await Promise.race([...underWay, sleep(LOOK_MS, undefined, { signal: nap.signal }).catch(() => {})])
  nap.abort()
}

/** Sends a delivery and writes down what came of it. What cannot be written down is sent again when its lease is over. */
async function attempt(ctx: Context, claimed: Claimed): Promise<void> {
  const { id: delivery, webhookId: webhook, attempt: number } = claimed
  try {
    const started = performance.now()
    const outcome = await send(ctx, claimed)
    const durationMs = Math.round(performance.now() - started)
    const verdict = await record(ctx, claimed, { outcome, durationMs })
    ctx.log.info({ delivery, webhook, attempt: number, status: verdict.status, durationMs }, 'webhook called')
  } catch (error) {
    ctx.log.error({ err: error, delivery, webhook, attempt: number }, 'webhook call not recorded')
  }
}

async function send(ctx: Context, claimed: Claimed): Promise<Outcome> {
  const secrets = openSecrets(ctx, claimed.secrets)
  // Unsigned calls would teach receivers not to check.
  if (secrets.length === 0) return { kind: 'failed', error: 'The secret cannot be opened with the keys of this shop.' }
  const headers = signedHeaders(secrets, { id: claimed.eventId, timestamp: claimed.timestamp, body: claimed.body })
  return ctx.outbound.post(claimed.url, headers, claimed.body)
}
