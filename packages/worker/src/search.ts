import * as catalog from '@barrow/api/catalog'
import type { Context, Runtime } from '@barrow/api/runtime'
import { createWorkContext } from '@barrow/api/work'
import { startLoop } from './loop.ts'

const LOOK_MS = 1_000
/** How long to wait after an engine failed, which may be away. */
const PAUSE_MS = 5_000

type Engine = Runtime['search']['engines'][number]

/**
 * Keeps the documents of each search engine up to date. Each has a loop of its own, so that one that is away holds up no
 * other; what it missed is marked, and is read when it is back.
 */
export function startIndexing(runtime: Runtime, onError: (error: unknown) => void): { stop(): Promise<void> } {
  const stops = runtime.search.engines.map((engine) => startEngine(runtime, engine, onError))
  return {
    async stop() {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

function startEngine(runtime: Runtime, engine: Engine, onError: (error: unknown) => void): () => Promise<void> {
  const ctx = (): Context => createWorkContext(runtime, 'worker', `worker:search-${engine.name}`, 'search')
  const stopping = new AbortController()
  let begun = false
  let restUntil = 0
  const loop = startLoop(
    LOOK_MS,
    async () => {
      if (performance.now() < restUntil) return false
      restUntil = performance.now() + PAUSE_MS
      // Who starts now has the newest settings; an index of others is left to those who start later.
      await catalog.ensureIndex(ctx(), engine, { renew: !begun, signal: stopping.signal })
      begun = true
      const more = await catalog.indexDue(ctx(), engine)
      restUntil = 0
      return more
    },
    onError,
  )
  const deaf = runtime.changes.on('search', loop.wake)
  return () => {
    deaf()
    stopping.abort()
    return loop.stop()
  }
}
