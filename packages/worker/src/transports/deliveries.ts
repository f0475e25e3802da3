import { setTimeout as sleep } from 'node:timers/promises'
import type { Deliver } from '../transport.ts'

/** How long a carrier is waited for to whom goodbye is said: it may not answer any more. */
const GOODBYE_MS = 4_000

/** Knows what is being delivered, so that nobody leaves before it is. */
export function trackDeliveries() {
  const underWay = new Set<Promise<void>>()
  const delivered = async () => {
    while (underWay.size > 0) await Promise.allSettled(underWay)
  }
  return {
    tracked:
      (deliver: Deliver): Deliver =>
      async (message) => {
        const delivery = deliver(message)
        underWay.add(delivery)
        await delivery.finally(() => underWay.delete(delivery))
      },
    delivered,
    /** Waits for a goodbye: as long as something is being delivered, and after that a few seconds. */
    async waitFor(goodbye: Promise<unknown>): Promise<void> {
      const enough = new AbortController()
      const silence = async () => {
        do {
          await delivered()
          await sleep(GOODBYE_MS, undefined, { signal: enough.signal })
        } while (underWay.size > 0)
      }
      await Promise.race([goodbye, silence().catch(() => {})]).finally(() => enough.abort())
    },
  }
}
