import { defineEntity, p } from '@mikro-orm/core'
import type { Context } from './context.ts'

/** When each schedule last began, by the database's clock. */
export const ScheduleRunSchema = defineEntity({
  name: 'ScheduleRun',
  properties: {
    name: p.string().length(64).collation('C').primary(),
    beganAt: p.datetime(3).$type<Date>(),
  },
})
export class ScheduleRun extends ScheduleRunSchema.class {}
ScheduleRunSchema.setClass(ScheduleRun)

/** Takes a schedule's turn: true for one of all workers that ask, once in every `everySeconds`. */
export async function takeTurn(ctx: Context, name: string, everySeconds: number): Promise<boolean> {
  const rows: unknown[] = await ctx.em.execute(
    `insert into schedule_run (name, began_at) values (?, now())
     on conflict (name) do update set began_at = now()
     where schedule_run.began_at <= now() - make_interval(secs => ?) returning name`,
    [name, everySeconds],
  )
  return rows.length === 1
}
