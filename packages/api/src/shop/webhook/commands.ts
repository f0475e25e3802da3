import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { flush, given } from '../../platform/flush.ts'
import { choosable } from './choosable.ts'
import { WebhookEndpoint, type WebhookEndpointSchema } from './entity.ts'
import { tooManyWebhooks, unknownEvents, webhookUrlRefused, webhookUrlTaken } from './errors.ts'
import { lock } from './lock.ts'
import { get } from './queries.ts'
import type {
  CreateWebhook,
  RotateSecret,
  UpdateWebhook,
  WebhookRef,
  WebhookView,
  WebhookWithSecret,
} from './schema.ts'
import { addSecret, endSecrets } from './secrets.ts'

const MAX_WEBHOOKS = 100

export async function create(ctx: Context, input: CreateWebhook): Promise<WebhookWithSecret> {
  checkUrl(ctx, input.url)
  checkEvents(ctx, input.events)
  await checkCount(ctx)
  const endpoint = ctx.em.create(WebhookEndpoint, { ...input, status: 'active' })
  await flush(ctx, { webhook_endpoint_url_unique: webhookUrlTaken })
  const secret = addSecret(ctx, endpoint.id)
  await ctx.em.flush()
  audit(ctx, { subject: endpoint.id, after: { status: 'active', events: input.events } })
  return { ...(await get(ctx, endpoint)), secret }
}

export async function update(ctx: Context, { id, ...fields }: UpdateWebhook): Promise<WebhookView> {
  if (fields.url !== undefined) checkUrl(ctx, fields.url)
  if (fields.events !== undefined) checkEvents(ctx, fields.events)
  const endpoint = await lock(ctx, id)
  // A URL may hold what its receiver takes for a password: the log says that it changed, not what it is.
  const urlChanged = fields.url !== undefined && fields.url !== endpoint.url
  const before = { events: endpoint.events }
  ctx.em.assign(endpoint, { ...given(fields), ...(urlChanged && { failingSince: null }) })
  await flush(ctx, { webhook_endpoint_url_unique: webhookUrlTaken })
  audit(ctx, { subject: id, before, after: { events: endpoint.events, urlChanged } })
  return get(ctx, { id })
}

/** Nothing is sent any more, from this moment on. Its deliveries are forgotten in a while. */
export async function remove(ctx: Context, { id }: WebhookRef): Promise<WebhookRef> {
  await lock(ctx, id)
  await ctx.em.execute('update webhook_endpoint set deleted_at = now() where id = ?', [id])
  await ctx.em.execute('delete from webhook_secret where webhook_id = ?', [id])
  audit(ctx, { subject: id, after: null })
  return { id }
}

/** Makes a new secret; those before it sign beside it for `overlapHours`. */
export async function rotateSecret(ctx: Context, { id, overlapHours }: RotateSecret): Promise<WebhookWithSecret> {
  await lock(ctx, id)
  await endSecrets(ctx, id, overlapHours)
  const secret = addSecret(ctx, id)
  await ctx.em.flush()
  audit(ctx, { subject: id, after: { secretRotated: true, overlapHours } })
  return { ...(await get(ctx, { id })), secret }
}

function checkUrl(ctx: Context, url: string): void {
  const because = ctx.outbound.refusal(url)
  if (because !== undefined) throw webhookUrlRefused({ because })
}

function checkEvents(ctx: Context, names: readonly string[]): void {
  const known = choosable(ctx).map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw unknownEvents({ names: unknown })
}

async function checkCount(ctx: Context): Promise<void> {
  await ctx.em.execute(`select pg_advisory_xact_lock(hashtext('webhook-count'))`)
  const { count } = await ctx.em
    .getKysely<InferKyselyDB<typeof WebhookEndpointSchema>>()
    .selectFrom('webhook_endpoint')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  if (count >= MAX_WEBHOOKS) throw tooManyWebhooks()
}
