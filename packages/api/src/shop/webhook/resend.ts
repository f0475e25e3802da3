import { audit } from '../../platform/audit.ts'
import { close } from '../../platform/closing.ts'
import type { Context } from '../../platform/context.ts'
import { type Event, publish } from '../../platform/outbox.ts'
import { getDelivery } from './delivery-queries.ts'
import type { WebhookId } from './entity.ts'
import { deliveryNotFound, webhookDisabled } from './errors.ts'
import { WebhookTest } from './events.ts'
import { addDelivery } from './fan-out.ts'
import { lock } from './lock.ts'
import type { DeliveryRef, DeliveryView, WebhookRef } from './schema.ts'

/** Sends a delivery again, whatever became of it: the same event id and body, and all its retries anew. */
export async function resend(ctx: Context, { id }: DeliveryRef): Promise<DeliveryView> {
  const [found]: { webhookId: WebhookId }[] = await ctx.em.execute(
    'select webhook_id as "webhookId" from webhook_delivery where id = ?',
    [id],
  )
  if (found === undefined) throw deliveryNotFound()
  await lockActive(ctx, found.webhookId)
  const before = await getDelivery(ctx, { id })
  await ctx.em.execute(
    `update webhook_delivery set status = 'pending', failures = 0, next_attempt_at = now(), delivered_at = null where id = ?`,
    [id],
  )
  audit(ctx, { subject: id, before: { status: before.status }, after: { status: 'pending' } })
  return getDelivery(ctx, { id })
}

/** Sends a `webhook.test` to an endpoint: an event as any other, but for this endpoint alone. */
export async function test(ctx: Context, { id }: WebhookRef): Promise<DeliveryView> {
  await lockActive(ctx, id)
  await publish(ctx, WebhookTest, id, { webhookId: id })
  // Its delivery is made here and now: the event has to be there.
  await close(ctx)
  // The newest of this key is the one just published: its sequence is locked until this transaction ends.
  const [event]: Event[] = await ctx.em.execute(
    `select id, name, version, key, sequence, payload, occurred_at as "occurredAt"
     from outbox_event where key = ? order by sequence desc limit 1`,
    [id],
  )
  if (event === undefined) throw new Error('an event that was just published is not in the outbox')
  const delivery = await addDelivery(ctx, event, id)
  audit(ctx, { subject: id, after: { test: delivery } })
  return getDelivery(ctx, { id: delivery })
}

async function lockActive(ctx: Context, id: WebhookId): Promise<void> {
  const endpoint = await lock(ctx, id)
  if (endpoint.status === 'disabled') throw webhookDisabled()
}
