import { LockMode } from '@mikro-orm/core'
import type { Context } from '../../platform/context.ts'
import { WebhookEndpoint, type WebhookId } from './entity.ts'
import { webhookNotFound } from './errors.ts'

/** An endpoint, locked until the transaction ends. Whoever locks its deliveries too locks it first. */
export async function lock(ctx: Context, id: WebhookId): Promise<WebhookEndpoint> {
  const endpoint = await lockIfThere(ctx, id)
  if (endpoint === null) throw webhookNotFound()
  return endpoint
}

/** The same, null when it is deleted. */
export const lockIfThere = (ctx: Context, id: WebhookId): Promise<WebhookEndpoint | null> =>
  ctx.em.findOne(WebhookEndpoint, { id, deletedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE })
