import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from './stage.ts'

/** What is under way in a shop, by its database. */
const underWay = `
  select 'events in the outbox' as what, count(*)::int as count from outbox_event where sent_at is null
  union all select 'events in the inbox', count(*)::int from inbox_entry where status in ('waiting', 'working')
  union all select 'unpaid orders', count(*)::int from "order"
    where status in ('pending_payment', 'payment_failed', 'authorised')
  union all select 'open payments', count(*)::int from payment_attempt
    where not wanted and status not in ('captured', 'declined', 'voided')
  union all select 'refunds', count(*)::int from refund where status = 'requested'
  union all select 'notices of the provider', count(*)::int from payment_notice where heeded_at is null`

/** A notice that five workers in a row died at is tried again after more than three minutes. */
const PATIENCE_MS = 240_000

export interface Rest {
  readonly ms: number
  /** What was still under way when patience ended; nothing of a shop that came to rest. */
  readonly left: readonly string[]
}

/** Waits until nothing is under way any more: unpaid orders have a minute to be paid before the shop calls them off. */
export async function comeToRest(stage: Stage): Promise<Rest> {
  await stage.payments.tell({ do: 'await_webhooks' })
  for (const began = Date.now(); ; await sleep(250)) {
    const counts = await stage.sql<{ what: string; count: number }>(underWay)
    const left = counts.filter(({ count }) => count > 0).map(({ what, count }) => `${count} ${what}`)
    const ms = Date.now() - began
    if (left.length === 0 || ms > PATIENCE_MS) return { ms, left }
  }
}
