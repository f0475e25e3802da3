import type { Context } from '../../platform/context.ts'
import { seal, sealPrefix, unseal } from '../../platform/sealing.ts'
import { signingKeyId, type WebhookId, WebhookSecret } from './entity.ts'
import { tooManySecrets } from './errors.ts'
import { newSecret } from './sign.ts'

const PURPOSE = 'webhook secret'
const MAX_VALID = 5

/** Makes an endpoint's newest secret. The caller holds the endpoint's row, and has given the one before an end. */
export function addSecret(ctx: Context, webhookId: WebhookId): string {
  const id = signingKeyId.new()
  const secret = newSecret()
  ctx.em.create(WebhookSecret, { id, webhookId, sealed: sealOf(ctx, id, secret) })
  return secret
}

/**
 * Gives the secrets of an endpoint an end, none later than it had. A secret whose answer was lost on the way does not
 * push out the one that is in use: each signs until its own end. Raises `too_many_secrets`.
 */
export async function endSecrets(ctx: Context, webhookId: WebhookId, overlapHours: number): Promise<void> {
  const rows: { valid: boolean }[] = await ctx.em.execute(
    `update webhook_secret
     set expires_at = least(expires_at, date_trunc('milliseconds', now()) + make_interval(hours => ?))
     where webhook_id = ? returning expires_at > now() as valid`,
    [overlapHours, webhookId],
  )
  if (rows.filter(({ valid }) => valid).length >= MAX_VALID) throw tooManySecrets()
}

export interface SealedSecret {
  readonly id: string
  readonly sealed: string
}

/** The secrets as texts, without those that no configured key opens. */
export const openSecrets = (ctx: Context, secrets: readonly SealedSecret[]): string[] =>
  secrets.flatMap(({ id, sealed }) => unseal(ctx.config.secrets, { purpose: PURPOSE, owner: id }, sealed) ?? [])

/**
 * Seals anew what was sealed with a key that is on its way out of the configuration, so that it may be taken away. A
 * schedule runs it.
 */
export async function resealSecrets(ctx: Context): Promise<void> {
  const rows: SealedSecret[] = await ctx.em.execute(
    'select id, sealed from webhook_secret where not starts_with(sealed, ?) order by id limit 500',
    [sealPrefix(ctx.config.secrets, PURPOSE)],
  )
  for (const row of rows) {
    const [secret] = openSecrets(ctx, [row])
    if (secret === undefined) {
      ctx.log.error({ webhookSecret: row.id }, 'no configured SECRET opens a webhook secret: rotate it')
      continue
    }
    const sealed = sealOf(ctx, row.id, secret)
    await ctx.em.execute('update webhook_secret set sealed = ? where id = ? and sealed = ?', [
      sealed,
      row.id,
      row.sealed,
    ])
  }
}

const sealOf = (ctx: Context, owner: string, secret: string): string =>
  seal(ctx.config.secrets, { purpose: PURPOSE, owner }, secret)
