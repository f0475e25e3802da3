import type { Context } from '../context.ts'
import type { WorkerId } from './entity.ts'

export { type WorkerId, workerId } from './entity.ts'

/** How often a worker says that it lives, and after how long without a word it counts as dead, in seconds. */
export const BEAT_SECONDS = 5
export const ALIVE_SECONDS = 20

/** What a worker tells of a consumer it runs. */
interface Enlisted {
  readonly name: string
  readonly events: readonly string[]
  readonly replayable: boolean
}

/** Declares the consumers of this version of the shop, for whoever looks at queues or replays events. */
export async function enlist(ctx: Context, consumers: readonly Enlisted[]): Promise<void> {
  for (const { name, events, replayable } of consumers) {
    await ctx.em.execute(
      `insert into event_consumer (name, events, replayable) values (?, array[?]::text[], ?)
       on conflict (name) do update set events = excluded.events, replayable = excluded.replayable`,
      [name, events, replayable],
    )
  }
}

/** Says that a worker lives. */
export async function beat(ctx: Context, id: WorkerId, consumers: readonly string[]): Promise<void> {
  await ctx.em.execute(
    `insert into worker_process (id, consumers) values (?, array[?]::text[])
     on conflict (id) do update set seen_at = now()`,
    [id, consumers],
  )
}

/** Says that a worker ends. */
export async function leave(ctx: Context, id: WorkerId): Promise<void> {
  await ctx.em.execute('delete from worker_process where id = ?', [id])
}
