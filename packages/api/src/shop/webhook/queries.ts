import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { type WebhookEndpointSchema, type WebhookSecretSchema, webhookId } from './entity.ts'
import { webhookNotFound } from './errors.ts'
import type { ListWebhooks, WebhookRef, WebhookView } from './schema.ts'

type Tables = InferKyselyDB<typeof WebhookEndpointSchema | typeof WebhookSecretSchema>

export async function get(ctx: Context, { id }: WebhookRef): Promise<WebhookView> {
  const webhook = await select(ctx).where('w.id', '=', id).executeTakeFirst()
  if (webhook === undefined) throw webhookNotFound()
  return webhook
}

/** Newest first. */
export async function list(ctx: Context, input: ListWebhooks): Promise<Page<WebhookView>> {
  let rows = select(ctx)
    .orderBy('w.id', 'desc')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    const [id] = decodeCursor(input.cursor, 'newest', [webhookId.schema])
    rows = rows.where('w.id', '<', id)
  }
  const cursorOf = (row: WebhookView) => encodeCursor('newest', [row.id])
  return toPage(await rows.execute(), input.limit, cursorOf, (row) => row)
}

const select = (ctx: Context) =>
  ctx.em
    .getKysely<Tables>()
    .selectFrom('webhook_endpoint as w')
    .select(['w.id', 'w.url', 'w.description', 'w.events', 'w.status', 'w.disabled_reason as disabledReason'])
    .select(['w.failing_since as failingSince', 'w.created_at as createdAt'])
    .select((eb) =>
      eb
        .selectFrom('webhook_secret as s')
        .select((eb) => eb.fn.max('s.expires_at').as('until'))
        .whereRef('s.webhook_id', '=', 'w.id')
        .where('s.expires_at', '>', sql<Date>`now()`)
        .as('oldSecretsUntil'),
    )
    .where('w.deleted_at', 'is', null)
