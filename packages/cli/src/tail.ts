import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from './shop.ts'

type Event = Awaited<ReturnType<Caller['event']['list']>>['rows'][number]

const LOOK_EVERY_MS = 500
/** Transactions do not commit in the order in which they begin: how much later one may be seen than those after it. */
const OVERLAP_MS = 10_000
const PAGE = 100

interface Options {
  readonly name?: string
  /** How many of the past to begin with. */
  readonly lines: number
}

/** The last events and all that follow, each once, until `stop`. */
export async function* tail(caller: Caller, { name, lines }: Options, stop: AbortSignal): AsyncGenerator<Event> {
  const chosen = name === undefined ? {} : { name }
  const { rows: past } = await caller.event.list({ ...chosen, limit: Math.max(1, lines) })
  yield* past.slice(0, lines).reverse()
  let newest = past[0]
  let seen: ReadonlySet<string> | undefined
  while (!stop.aborted) {
    const from = newest && new Date(newest.occurredAt.getTime() - OVERLAP_MS)
    const found = await since(caller, { ...chosen, ...(from && { from }) })
    // In the first round the overlap is not known yet: of it, only what is newer than the past was not there before.
    const isNew = ({ id }: Event) => (seen ? !seen.has(id) : newest === undefined || id > newest.id)
    yield* found.filter(isNew).reverse()
    if (found.length > 0) seen = new Set(found.map(({ id }) => id))
    newest = found.reduce((last, event) => (last && last.occurredAt > event.occurredAt ? last : event), newest)
    await sleep(LOOK_EVERY_MS, undefined, { signal: stop }).catch(() => {})
  }
}

/** Newest first. */
async function since(caller: Caller, filters: { name?: string; from?: Date }): Promise<Event[]> {
  const found: Event[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await caller.event.list({ ...filters, limit: PAGE, ...(cursor && { cursor }) })
    found.push(...page.rows)
    cursor = page.next
  }
  return found
}
