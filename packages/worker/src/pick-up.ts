import type { Runtime } from '@barrow/api/runtime'
import { createWorkContext, due } from '@barrow/api/work'
import { consume } from './consume.ts'
import type { Consumer } from './consumer.ts'
import { type Loop, startLoop } from './loop.ts'

export const LOOK_MS = 1_000
/** Of one consumer at once; more are found as soon as one of them ends. */
const AT_ONCE = 4

/**
 * Picks up what no word is on its way of: failures whose time has come, what was re-driven or is replayed, what a dead
 * worker or a carrier left. Each consumer has its own, so that one that hangs holds up no other.
 */
export function startPickUp(
  runtime: Runtime,
  consumer: Consumer,
  onError: (error: unknown) => void,
): Omit<Loop, 'wake'> {
  const { graceSeconds } = runtime.config.worker
  const ctx = () => createWorkContext(runtime, 'worker', `worker:${consumer.name}`, 'inbox')
  const underWay = new Set<Promise<void>>()
  const loop = startLoop(
    LOOK_MS,
    async () => {
      const free = AT_ONCE - underWay.size
      if (free === 0) return false
      for (const entry of await due(ctx(), consumer.name, { limit: free, graceSeconds })) {
        const work = consume(runtime, consumer, entry)
          .catch(onError)
          .finally(() => {
            underWay.delete(work)
            loop.wake()
          })
        underWay.add(work)
      }
      return false
    },
    onError,
  )
  return {
    busyMs: loop.busyMs,
    async stop() {
      await loop.stop()
      await Promise.all(underWay)
    },
  }
}
