import { setTimeout as sleep } from 'node:timers/promises'
import { isAway } from '@barrow/api/work'

/** Tries again, a second later each time, for as long as what is needed is merely away. Raises whatever else is wrong. */
export async function patiently<T>(work: () => Promise<T>, onError: (error: Error) => void): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Error) || !isAway(error)) throw error
      onError(error)
      await sleep(1_000)
    }
  }
}
