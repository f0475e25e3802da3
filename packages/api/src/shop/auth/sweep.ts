import type { Context } from '../../platform/context.ts'

/** How much one run takes away; what is left waits for the next. */
const BATCH = 10_000

/** By then no mail about a link that is over can be under way any more. */
export const LINKS_KEPT_DAYS = 30

/** Takes away what is over: sessions and half-done logins at once, links a while later. */
export async function sweep(ctx: Context): Promise<void> {
  await ctx.em.execute(
    'delete from session where id in (select id from session where expires_at <= now() limit ? for update skip locked)',
    [BATCH],
  )
  await ctx.em.execute(
    'delete from login_challenge where id in (select id from login_challenge where expires_at <= now() limit ? for update skip locked)',
    [BATCH],
  )
  await ctx.em.execute(
    `delete from link where id in (
       select id from link where expires_at <= now() - make_interval(days => ?) limit ? for update skip locked
     )`,
    [LINKS_KEPT_DAYS, BATCH],
  )
}
