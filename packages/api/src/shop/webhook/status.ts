import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { publish } from '../../platform/outbox.ts'
import type { DisableReason, WebhookEndpoint, WebhookId } from './entity.ts'
import { WebhookDisabled } from './events.ts'
import { lock, lockIfThere } from './lock.ts'
import { get } from './queries.ts'
import type { WebhookRef, WebhookView } from './schema.ts'

/** What is left over from before is sent now, along with what comes. */
export async function enable(ctx: Context, { id }: WebhookRef): Promise<WebhookView> {
  const endpoint = await lock(ctx, id)
  const before = { status: endpoint.status, disabledReason: endpoint.disabledReason }
  ctx.em.assign(endpoint, { status: 'active', disabledReason: null, failingSince: null })
  await ctx.em.flush()
  audit(ctx, { subject: id, before, after: { status: 'active' } })
  return get(ctx, { id })
}

/** New events pass it by, and what is on its way waits. */
export async function disable(ctx: Context, { id }: WebhookRef): Promise<WebhookView> {
  const endpoint = await lock(ctx, id)
  if (endpoint.status === 'active') await stop(ctx, endpoint, 'staff')
  else audit(ctx, { subject: id, before: { status: 'disabled' }, after: { status: 'disabled' } })
  return get(ctx, { id })
}

/** Disables an endpoint that nobody can deliver to, unless somebody has already. */
export async function disableFor(ctx: Context, id: WebhookId, reason: DisableReason): Promise<void> {
  const endpoint = await lockIfThere(ctx, id)
  if (endpoint === null || endpoint.status === 'disabled') return
  await stop(ctx, endpoint, reason)
  ctx.log.warn({ webhook: id, reason }, 'webhook disabled')
}

async function stop(ctx: Context, endpoint: WebhookEndpoint, reason: DisableReason): Promise<void> {
  ctx.em.assign(endpoint, { status: 'disabled', disabledReason: reason })
  await ctx.em.flush()
  audit(ctx, {
    subject: endpoint.id,
    before: { status: 'active' },
    after: { status: 'disabled', disabledReason: reason },
  })
  await publish(ctx, WebhookDisabled, endpoint.id, { webhookId: endpoint.id, reason })
}
