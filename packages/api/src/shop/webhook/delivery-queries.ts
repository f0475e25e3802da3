import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import {
  deliveryId,
  type WebhookAttemptSchema,
  type WebhookDeliverySchema,
  type WebhookEndpointSchema,
} from './entity.ts'
import { deliveryNotFound } from './errors.ts'
import type { DeliveryDetail, DeliveryRef, DeliveryView, ListDeliveries } from './schema.ts'

type Tables = InferKyselyDB<typeof WebhookDeliverySchema | typeof WebhookEndpointSchema | typeof WebhookAttemptSchema>

const MAX_LOG = 100

/** Newest first. */
export async function listDeliveries(ctx: Context, input: ListDeliveries): Promise<Page<DeliveryView>> {
  let rows = select(ctx)
    .orderBy('d.id', 'desc')
    .limit(input.limit + 1)
  if (input.webhookId !== undefined) rows = rows.where('d.webhook_id', '=', input.webhookId)
  if (input.status !== undefined) rows = rows.where('d.status', '=', input.status)
  if (input.eventId !== undefined) rows = rows.where('d.event_id', '=', input.eventId)
  if (input.cursor !== undefined) {
    const [id] = decodeCursor(input.cursor, 'newest', [deliveryId.schema])
    rows = rows.where('d.id', '<', id)
  }
  const cursorOf = (row: DeliveryView) => encodeCursor('newest', [row.id])
  return toPage(await rows.execute(), input.limit, cursorOf, (row) => row)
}

export async function getDelivery(ctx: Context, { id }: DeliveryRef): Promise<DeliveryDetail> {
  const delivery = await select(ctx).select('d.body').where('d.id', '=', id).executeTakeFirst()
  if (delivery === undefined) throw deliveryNotFound()
  const newest = await ctx.em
    .getKysely<Tables>()
    .selectFrom('webhook_attempt')
    .select(['number', 'at', 'duration_ms as durationMs', 'status_code as statusCode', 'error', 'answer'])
    .where('delivery_id', '=', id)
    .orderBy('number', 'desc')
    .limit(MAX_LOG)
    .execute()
  return { ...delivery, log: newest.reverse() }
}

const select = (ctx: Context) =>
  ctx.em
    .getKysely<Tables>()
    .selectFrom('webhook_delivery as d')
    .innerJoin('webhook_endpoint as w', 'w.id', 'd.webhook_id')
    .select(['d.id', 'd.webhook_id as webhookId', 'd.event_id as eventId', 'd.event_name as eventName', 'd.status'])
    .select(['d.attempts', 'd.next_attempt_at as nextAttemptAt', 'd.status_code as statusCode', 'd.error'])
    .select(['d.duration_ms as durationMs', 'd.delivered_at as deliveredAt', 'd.created_at as createdAt'])
    .where('w.deleted_at', 'is', null)
