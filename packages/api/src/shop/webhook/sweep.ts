import type { Context } from '../../platform/context.ts'

/** How long the log of deliveries goes back. Longer than a delivery is tried. */
export const DELIVERIES_KEPT_DAYS = 30
const BATCH = 1_000

/**
 * Forgets a batch of deliveries that are older than that or of deleted endpoints, endpoints that are deleted and have
 * none left, and secrets that sign no more. A schedule runs it.
 */
export async function forgetOld(ctx: Context): Promise<void> {
  // Ids begin with the time, so the oldest are first: with none to forget, one batch is looked at and not the table.
  await ctx.em.execute(
    `delete from webhook_delivery where id in (
       select id from (select id, created_at from webhook_delivery order by id limit ?) oldest
       where created_at < now() - make_interval(days => ?))`,
    [BATCH, DELIVERIES_KEPT_DAYS],
  )
  await ctx.em.execute(
    `delete from webhook_delivery where id in (
       select d.id from webhook_endpoint w
       cross join lateral (select id from webhook_delivery where webhook_id = w.id order by id limit ?) d
       where w.deleted_at is not null limit ?)`,
    [BATCH, BATCH],
  )
  await ctx.em.execute(
    `delete from webhook_endpoint w where deleted_at < now() - interval '1 day'
     and not exists (select from webhook_delivery d where d.webhook_id = w.id)`,
  )
  await ctx.em.execute(`delete from webhook_secret where expires_at <= now()`)
}
