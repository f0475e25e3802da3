import pg, { type ClientBase, type Pool, type QueryResult } from 'pg'

/** Of a pool of this many connections or more, two are shared. */
const MIN_POOL = 4
const LANES = 2
/** How often it is looked for lanes that stand still. One that has answered nothing from one look to the next does. */
const LOOK_MS = 10

/** What is quick whatever is asked has one plan for all of it. */
const PLANNED_ONCE = '-c plan_cache_mode=force_generic_plan'

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
  /** When its client is old, on the clock of `performance.now()`. */
  until: number
  /** How often it was looked at since it last answered, or had nothing to do. */
  looks: number
}

/**
 * Short questions of many calls go over a few connections, sent without waiting for the answers to those before them, and in
 * one write what one turn of the event loop asks. Most of what such a question costs is waking the other side up, and here
 * it is awake. PostgreSQL answers in order, each question for itself: one that fails fails alone, but whoever is behind a
 * slow one waits for it. So only what is quick whatever is asked may come here, and a lane that stands still gets nothing new.
 */
export function openLanes(pool: Pool, outfit: (client: ClientBase) => void): Lanes {
  const lanes = Array.from({ length: LANES }, (): Lane => ({ client: undefined, pending: 0, until: 0, looks: 0 }))
  /** Whose writes are held back until the end of this turn. */
  const held = new Set<pg.Client>()
  let looking = false
  let closed = false
  /** As the pool's own connections: a plan made over tables that were empty then is not kept for ever. */
  const lifetimeMs = (pool.options.maxLifetimeSeconds || Number.POSITIVE_INFINITY) * 1000

  const isOld = ({ client, until }: Lane) => client !== undefined && until <= performance.now()

  /** One that is old answers what it was asked, and is opened anew by whoever asks it next. */
  const takes = (lane: Lane) => lane.looks < 2 && (lane.pending === 0 || !isOld(lane))

  /** Nothing is under way on it. */
  function renew(lane: Lane): void {
    // One that breaks as it ends is gone as well.
    void lane.client?.then((client) => client.end()).catch(() => {})
    lane.client = undefined
  }

  function connect(lane: Lane): Promise<pg.Client> {
    const options = [pool.options.options ?? '', PLANNED_ONCE].join(' ')
    // The pool's own options are not spread: it keeps the password from being listed.
    const client = new pg.Client(Object.assign(Object.create(pool.options), { options, pipeline: true }))
    const leave = () => {
      if (lane.client === connected) lane.client = undefined
    }
    // What the server does not close by itself would keep the process.
    const fail = () => {
      leave()
      void client.end()
    }
    client.on('error', fail).once('end', leave)
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
    if (held.size === 0) setImmediate(release)
    held.add(client)
    client.connection.stream.cork()
  }

  function release(): void {
    for (const one of held) one.connection.stream.uncork()
    held.clear()
  }

  /** What came while this process was busy is heard first: it is not a lane that is late then. */
  const lookSoon = () => setTimeout(() => setImmediate(look), LOOK_MS).unref()
  function look(): void {
    for (const lane of lanes) lane.looks += lane.pending > 0 ? 1 : 0
    looking = lanes.some(({ pending }) => pending > 0)
    if (looking) lookSoon()
  }

  async function ask(lane: Lane, text: string, values: readonly unknown[]): Promise<QueryResult> {
    if (lane.pending === 0) lane.looks = 0
    if (isOld(lane)) renew(lane)
    lane.pending += 1
    if (!looking) lookSoon()
    looking = true
    try {
      if (lane.client === undefined) lane.until = performance.now() + lifetimeMs
      lane.client ??= connect(lane)
      const client = await lane.client
      hold(client)
      return await client.query(text, [...values])
    } finally {
      lane.pending -= 1
      lane.looks = 0
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
      if (closed) return undefined
      let best: Lane | undefined
      for (const lane of lanes) {
        if (takes(lane) && (best === undefined || lane.pending < best.pending)) best = lane
      }
      return best && ask(best, text, values)
    },
    async close() {
      closed = true
      // One that never connected has nothing to end.
      const clients = await Promise.allSettled(lanes.map(({ client }) => client))
      await Promise.all(clients.map((client) => client.status === 'fulfilled' && client.value?.end()))
    },
  }
}
