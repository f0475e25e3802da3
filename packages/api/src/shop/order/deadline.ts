import type { Context } from '../../platform/context.ts'

/** By when an order that is placed or tried again now has to be paid, by the database's clock. */
export async function deadline(ctx: Context): Promise<Date> {
  const rows: { at: Date }[] = await ctx.em.execute('select now() + make_interval(mins => ?) as at', [
    ctx.config.reservationMinutes,
  ])
  const at = rows[0]?.at
  if (at === undefined) throw new Error('the database did not tell the time')
  return at
}
