import type { Context } from '../../platform/context.ts'
import type { EventId } from '../../platform/outbox.ts'
import type { DeliveryId, WebhookId } from './entity.ts'
import type { SealedSecret } from './secrets.ts'

/** How long a delivery belongs to who took it, in seconds: much longer than a call may take. */
const LEASE_SECONDS = 60
/** Calls to one endpoint at the same time, of all workers: one that hangs leaves room for the others. */
const AT_ONCE = 4
const AT_ONCE_WHILE_FAILING = 1

/** A delivery that is ours to send. */
export interface Claimed {
  readonly id: DeliveryId
  readonly webhookId: WebhookId
  readonly eventId: EventId
  readonly url: string
  readonly body: string
  /** The number of this attempt. */
  readonly attempt: number
  /** Failures before it. */
  readonly failures: number
  /** By the database's clock, in seconds since 1970. */
  readonly timestamp: number
  readonly secrets: readonly SealedSecret[]
}

/**
 * Takes up to `limit` due deliveries, in a transaction of its own: whoever takes one has it until the lease is over, and
 * what a dead worker had is due again then. Endpoints take turns by chance, so that no backlog stands before another.
 */
export async function claim(ctx: Context, limit: number): Promise<Claimed[]> {
  return ctx.orm.em.fork().execute(
    `with due as (
       select d.id
       from webhook_endpoint w
       cross join lateral (
         select id from webhook_delivery
         where webhook_id = w.id and status in ('pending', 'failed') and next_attempt_at <= now()
           and (leased_until is null or leased_until <= now())
         order by next_attempt_at
         limit greatest(0, case when w.failing_since is null then ?::int else ?::int end - (
           select count(*)::int from webhook_delivery where webhook_id = w.id and leased_until > now()))
       ) candidate
       join webhook_delivery d on d.id = candidate.id
       where w.status = 'active' and w.deleted_at is null
         and d.status in ('pending', 'failed') and (d.leased_until is null or d.leased_until <= now())
       order by random() limit ?
       for update of d skip locked
     )
     update webhook_delivery d
     set attempts = d.attempts + 1, leased_until = now() + make_interval(secs => ?)
     from due, webhook_endpoint w
     where d.id = due.id and w.id = d.webhook_id
     returning d.id, d.webhook_id as "webhookId", d.event_id as "eventId", w.url, d.body, d.attempts as attempt,
       d.failures, extract(epoch from now())::int8 as timestamp,
       (select coalesce(json_agg(json_build_object('id', s.id, 'sealed', s.sealed) order by s.id desc), '[]')
        from webhook_secret s
        where s.webhook_id = w.id and (s.expires_at is null or s.expires_at > now())) as secrets`,
    [AT_ONCE, AT_ONCE_WHILE_FAILING, limit, LEASE_SECONDS],
  )
}
