import { setTimeout as sleep } from 'node:timers/promises'

export interface Loop {
  /** Has a round begin at once, or right after the one under way. */
  wake(): void
  /** How long the round under way has taken so far, in ms; 0 between two. */
  busyMs(): number
  /** Waits for the round under way; no other begins. */
  stop(): Promise<void>
}

/** Runs `round` again and again, `intervalMs` apart, sooner when woken, and at once while it says there is more. */
export function startLoop(intervalMs: number, round: () => Promise<boolean>, onError: (error: unknown) => void): Loop {
  let stopped = false
  let woken = false
  let nap = new AbortController()
  let began: number | undefined
  const running = (async () => {
    while (!stopped) {
      woken = false
      began = performance.now()
      const more = await round().catch((error: unknown) => {
        onError(error)
        return false
      })
      began = undefined
      if (more || woken || stopped) continue
      nap = new AbortController()
      await sleep(intervalMs, undefined, { signal: nap.signal }).catch(() => {})
    }
  })()
  const wake = () => {
    woken = true
    nap.abort()
  }
  return {
    wake,
    busyMs: () => (began === undefined ? 0 : performance.now() - began),
    async stop() {
      stopped = true
      wake()
      await running
    },
  }
}
