import type { Context } from '../../platform/context.ts'

/** How much one run takes on; what is left waits for the next. */
const BATCH = 1_000

/**
 * Removes visitors' carts that nobody has touched for as long as the configuration says; a customer's cart waits for them,
 * and one that was ordered belongs to its order. Answers how many went. Of several at once each takes different ones, and
 * leaves those that somebody is at.
 */
export async function removeAbandoned(ctx: Context): Promise<number> {
  const gone: unknown[] = await ctx.em.execute(
    `delete from cart where id in (
       select id from cart
       where guest is not null and state = 'open' and updated_at < now() - make_interval(days => ?)
       order by updated_at limit ? for update skip locked
     ) returning id`,
    [ctx.config.guestCartDays, BATCH],
  )
  return gone.length
}
