import type { Context } from '../../platform/context.ts'
import type { Outcome } from '../../platform/ports/outbound.ts'
import { inTransaction } from '../../platform/transaction.ts'
import type { Claimed } from './claim.ts'
import type { WebhookId } from './entity.ts'
import { type Verdict, verdictOn } from './rules.ts'
import { disableFor } from './status.ts'

/** An endpoint that has taken nothing for so long is disabled. */
const SUSTAINED_DAYS = 3

export interface Attempt {
  readonly outcome: Outcome
  readonly durationMs: number
}

/** Writes down what came of an attempt, and what follows for the delivery and for its endpoint. */
export async function record(ctx: Context, claimed: Claimed, { outcome, durationMs }: Attempt): Promise<Verdict> {
  const verdict = verdictOn(outcome, claimed.failures, Math.random())
  const answered = outcome.kind === 'answered'
  const statusCode = answered ? outcome.status : null
  const error =
    verdict.status === 'delivered' ? null : answered ? `The receiver answered ${statusCode}.` : outcome.error
  const answer = verdict.status !== 'delivered' && answered && outcome.excerpt !== '' ? outcome.excerpt : null

  await inTransaction(ctx, async (ctx) => {
    // The endpoint before its delivery: so does everybody, and nobody waits for each other.
    const sustained = await noteHealth(ctx, claimed.webhookId, verdict.status === 'delivered')
    await settle(ctx, claimed, verdict, { statusCode, error, durationMs })
    await ctx.em.execute(
      `insert into webhook_attempt (delivery_id, number, duration_ms, status_code, error, answer)
       select id, ?, ?, ?, ?, ? from webhook_delivery where id = ? on conflict do nothing`,
      [claimed.attempt, durationMs, statusCode, error, answer, claimed.id],
    )
    if (verdict.status === 'dead' && verdict.gone) await disableFor(ctx, claimed.webhookId, 'gone')
    else if (sustained) await disableFor(ctx, claimed.webhookId, 'failing')
  })
  return verdict
}

/** Says of an endpoint whether it takes what it gets; true once it has not for too long. */
async function noteHealth(ctx: Context, id: WebhookId, healthy: boolean): Promise<boolean> {
  if (healthy) {
    await ctx.em.execute(
      'update webhook_endpoint set failing_since = null where id = ? and failing_since is not null',
      [id],
    )
    return false
  }
  const [endpoint]: { sustained: boolean }[] = await ctx.em.execute(
    `update webhook_endpoint set failing_since = coalesce(failing_since, now())
     where id = ? and status = 'active' and deleted_at is null
     returning failing_since <= now() - make_interval(days => ?) as sustained`,
    [id, SUSTAINED_DAYS],
  )
  return endpoint?.sustained ?? false
}

interface Last {
  readonly statusCode: number | null
  readonly error: string | null
  readonly durationMs: number
}

/**
 * A success counts whoever brings it. A failure counts only from who has the delivery: one whose lease ran out while
 * another took it over says nothing about that other attempt.
 */
async function settle(ctx: Context, claimed: Claimed, verdict: Verdict, last: Last): Promise<void> {
  const delivered = verdict.status === 'delivered'
  await ctx.em.execute(
    `update webhook_delivery
     set status = ?, status_code = ?, error = ?, duration_ms = ?, failures = failures + ?::int, leased_until = null,
       next_attempt_at = now() + make_interval(secs => ?), delivered_at = case when ?::boolean then now() end
     where id = ? and status in ('pending', 'failed') and (?::boolean or attempts = ?)`,
    [
      verdict.status,
      last.statusCode,
      last.error,
      last.durationMs,
      delivered ? 0 : 1,
      verdict.status === 'failed' ? verdict.pauseSeconds : null,
      delivered,
      claimed.id,
      delivered,
      claimed.attempt,
    ],
  )
}
