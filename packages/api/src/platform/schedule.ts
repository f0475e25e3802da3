import { defineEntity, p } from '@mikro-orm/core'
import type { Context } from './context.ts'
import type { Figure } from './observe/figures.ts'

/** When each schedule last began, by the database's clock. */
export const ScheduleRunSchema = defineEntity({
  name: 'ScheduleRun',
  properties: {
    name: p.string().length(64).collation('C').primary(),
    beganAt: p.datetime(3).$type<Date>(),
    /** When it last came to its end, of those that say so. */
    endedAt: p.datetime(3).$type<Date>().nullable(),
    /** What it found then: how much is wrong. */
    found: p.integer().nullable(),
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

/** Notes how a schedule's turn ended, for whoever watches. */
export async function noteEnd(ctx: Context, name: string, found: number): Promise<void> {
  await ctx.em.execute(
    `insert into schedule_run (name, began_at, ended_at, found) values (?, now(), clock_timestamp(), ?)
     on conflict (name) do update set ended_at = excluded.ended_at, found = excluded.found`,
    [name, found],
  )
}

/** How long ago each schedule had its turn, and what the proof of the books found. */
export const scheduleFigures: readonly Figure[] = [
  {
    sql: `select name as schedule, extract(epoch from clock_timestamp() - began_at)::float8 as age from schedule_run`,
    label: 'schedule',
    gauges: { age: { name: 'barrow_schedule_age_seconds', help: 'How long ago a schedule last had its turn.' } },
  },
  {
    sql: `select found, extract(epoch from ended_at)::float8 as ended from schedule_run
      where name = 'prove' and ended_at is not null`,
    gauges: {
      found: { name: 'barrow_prove_breaches', help: 'How many invariants of the books the last proof found broken.' },
      ended: { name: 'barrow_prove_timestamp_seconds', help: 'When the books were last proven, in Unix time.' },
    },
  },
]
