import type { Context } from '../../platform/context.ts'

/** How long the log of deliveries goes back. Longer than a delivery is tried. */
const KEPT = `interval '30 days'`
const BATCH = 1_000

/**
 * Forgets a batch of deliveries that are older than 30 days or of deleted endpoints, endpoints that are deleted and have
 * none left, and secrets that sign no more. A schedule runs it.
 */
export async function forgetOld(ctx: Context): Promise<void> {
  await ctx.em.execute(
    `delete from webhook_delivery where id in (
       select id from webhook_delivery where created_at < now() - ${KEPT} order by id limit ? for update skip locked)`,
    [BATCH],
  )
  await ctx.em.execute(
    `delete from webhook_delivery where id in (
       select d.id from webhook_endpoint w join webhook_delivery d on d.webhook_id = w.id
       where w.deleted_at is not null order by d.id limit ? for update of d skip locked)`,
    [BATCH],
  )
  await ctx.em.execute(
    `delete from webhook_endpoint w where deleted_at < now() - interval '1 day'
     and not exists (select from webhook_delivery d where d.webhook_id = w.id)`,
  )
  await ctx.em.execute(`delete from webhook_secret where expires_at <= now()`)
}
