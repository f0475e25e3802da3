import pg, { type ClientBase, type Pool, type QueryResult } from 'pg'

/** Of a pool of this many connections or more, two are shared. */
const MIN_POOL = 4
const LANES = 2
/** A lane that has answered nothing for so long has something slow in it. */
const STALL_MS = 10

/** How many of so many connections are lanes. */
export const lanesOfPool = (connections: number): number => (connections < MIN_POOL ? 0 : LANES)

/** Connections that many calls share at the same moment. */
export interface Lanes {
  /** The most that there are. */
  readonly most: number
  readonly open: number
  readonly busy: number
  /** Asks what is answered quickly, outside of transactions; undefined where no lane is free of slow things. */
  ask(text: string, values: readonly unknown[]): Promise<QueryResult> | undefined
  /** Waits for what is under way. */
  close(): Promise<void>
}

/** One shared connection; without a client until somebody asks. */
interface Lane {
  client: Promise<pg.Client> | undefined
  pending: number
  /** When it last answered, or was asked after it had nothing to do; by `performance.now()`. */
  movedAt: number
}

/**
 * Short questions of many calls go over a few connections, sent without waiting for the answers to those before them, and in
 * one write what one turn of the event loop asks. Most of what such a question costs is waking the other side up, and here
 * it is awake. PostgreSQL answers in order, each question for itself: one that fails fails alone, but whoever is behind a
 * slow one waits for it. So only what is quick whatever is asked may come here, and a lane that stands still gets nothing new.
 */
export function openLanes(pool: Pool, outfit: (client: ClientBase) => void): Lanes {
  const lanes = Array.from({ length: LANES }, (): Lane => ({ client: undefined, pending: 0, movedAt: 0 }))
  /** Whose writes are held back until the end of this turn. */
  const held = new Set<pg.Client>()

  function connect(lane: Lane): Promise<pg.Client> {
    // The pool's own options are not spread: it keeps the password from being listed.
    const client = new pg.Client(Object.assign(Object.create(pool.options), { pipeline: true }))
    const leave = () => {
      if (lane.client === connected) lane.client = undefined
    }
    client.on('error', leave).once('end', leave)
    const connected = client.connect().then(
      () => {
        outfit(client)
        return client
      },
      (error: unknown) => {
        leave()
        throw error
      },
    )
    return connected
  }

  /** What one turn of the event loop asks leaves in one write. */
  function hold(client: pg.Client): void {
    if (held.has(client)) return
    if (held.size === 0)
      setImmediate(() => {
        for (const one of held) one.connection.stream.uncork()
        held.clear()
      })
    held.add(client)
    client.connection.stream.cork()
  }

  async function ask(lane: Lane, text: string, values: readonly unknown[]): Promise<QueryResult> {
    if (lane.pending === 0) lane.movedAt = performance.now()
    lane.pending += 1
    try {
      lane.client ??= connect(lane)
      const client = await lane.client
      hold(client)
      return await client.query(text, [...values])
    } finally {
      lane.pending -= 1
      lane.movedAt = performance.now()
    }
  }

  return {
    most: LANES,
    get open() {
      return lanes.filter(({ client }) => client !== undefined).length
    },
    get busy() {
      return lanes.filter(({ pending }) => pending > 0).length
    },
    ask(text, values) {
      const oldest = performance.now() - STALL_MS
      let best: Lane | undefined
      for (const lane of lanes) {
        const moves = lane.pending === 0 || lane.movedAt > oldest
        if (moves && (best === undefined || lane.pending < best.pending)) best = lane
      }
      return best && ask(best, text, values)
    },
    async close() {
      // One that never connected has nothing to end.
      const clients = await Promise.allSettled(lanes.map(({ client }) => client))
      await Promise.all(clients.map((client) => client.status === 'fulfilled' && client.value?.end()))
    },
  }
}
