import type { Context } from '../../platform/context.ts'
import type { Event } from '../../platform/outbox.ts'
import { type DeliveryId, deliveryId, type WebhookId } from './entity.ts'

/** The events that some active endpoint has asked for. */
export async function awaited(ctx: Context): Promise<string[]> {
  const rows: { name: string }[] = await ctx.em.execute(
    `select distinct unnest(events) as name from webhook_endpoint where status = 'active' and deleted_at is null`,
  )
  return rows.map(({ name }) => name)
}

/**
 * Makes a delivery of an event for each active endpoint that asked for it. Run it in the transaction that marks the
 * event done; a second run makes nothing more.
 */
export async function fanOut(ctx: Context, event: Event): Promise<void> {
  const endpoints: { id: WebhookId }[] = await ctx.em.execute(
    `select id from webhook_endpoint where status = 'active' and deleted_at is null and ? = any (events) order by id`,
    [event.name],
  )
  for (const { id } of endpoints) await addDelivery(ctx, event, id)
}

/** Puts an event on its way to one endpoint, unless it is already. */
export async function addDelivery(ctx: Context, event: Event, webhookId: WebhookId): Promise<DeliveryId> {
  const { id, name, version, occurredAt, sequence, key, payload } = event
  const delivery = deliveryId.new()
  await ctx.em.execute(
    `insert into webhook_delivery (id, webhook_id, event_id, event_name, body) values (?, ?, ?, ?, ?)
     on conflict (event_id, webhook_id) do nothing`,
    [delivery, webhookId, id, name, JSON.stringify({ id, name, version, occurredAt, sequence, key, payload })],
  )
  return delivery
}
