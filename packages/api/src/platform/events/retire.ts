import { audit } from '../audit.ts'
import type { Context } from '../context.ts'
import { consumerNotFound, consumerRunning, noWorkerAlive } from './errors.ts'
import type { Retire, Retired } from './schema.ts'
import { ALIVE_SECONDS } from './workers.ts'

/**
 * Forgets a consumer that the shop no longer has: what it did, what it gave up and what still waited for it, so that the
 * events themselves may be pruned. Takes a bounded number at a time; `more` says that there is more to forget.
 * Raises `consumer_not_found`, `consumer_running` while a living worker runs it, and `no_worker_alive` when nobody is there
 * to tell which consumers the shop has.
 */
export async function retire(ctx: Context, { consumer, limit }: Retire): Promise<Retired> {
  const [workers]: { alive: number; running: number }[] = await ctx.em.execute(
    `select count(*)::int as alive, count(*) filter (where ? = any(consumers))::int as running
     from worker_process where seen_at > now() - make_interval(secs => ?)`,
    [consumer, ALIVE_SECONDS],
  )
  if (workers === undefined || workers.alive === 0) throw noWorkerAlive()
  if (workers.running > 0) throw consumerRunning({ consumer, workers: workers.running })
  const rows: { status: string }[] = await ctx.em.execute(
    `delete from inbox_entry where ctid = any(array(
       select ctid from inbox_entry where consumer = ? order by event_id limit ? for update skip locked
     )) returning status`,
    [consumer, limit],
  )
  const more = rows.length === limit
  const declared: unknown[] = more
    ? []
    : await ctx.em.execute('delete from event_consumer where name = ? returning name', [consumer])
  if (rows.length + declared.length === 0) throw consumerNotFound()
  const discarded = rows.filter(({ status }) => status !== 'done').length
  audit(ctx, { subject: consumer, after: { discarded, forgotten: rows.length } })
  return { discarded, forgotten: rows.length, more }
}
