import type { AppRouter } from '@barrow/api/contract'
import type { TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { named } from './answer.ts'
import { BarrowError } from './errors.ts'
import { randomUuid } from './random.ts'

const MAX_ATTEMPTS = 4
const FIRST_DELAY_MS = 250

/** What passes by itself: the shop was not reached, is busy, or is still at work on this very request. */
const passing = new Set(['network', 'busy', 'in_progress'])

/** Full jitter: callers that failed together do not come back together. */
const delayMs = (attempt: number): number => Math.random() * FIRST_DELAY_MS * 2 ** attempt

/**
 * Gives every change a key of its own, makes a call again that failed for a passing reason, and ends it the moment its
 * caller aborts. The key stays the same, so that the shop acts once however often it is asked.
 */
export const persistent: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const { signal } = op
      const call = op.type === 'mutation' ? { ...op, context: { idempotencyKey: randomUuid(), ...op.context } } : op
      let current: { unsubscribe(): void } | undefined
      let timer: ReturnType<typeof setTimeout> | undefined
      const stop = () => {
        signal?.removeEventListener('abort', abort)
        clearTimeout(timer)
        current?.unsubscribe()
      }
      const fail = (error: Error) => {
        // tRPC types its observers' errors as its own class, and lets a subclass or a stranger's error through as it is.
        observer.error(named(error, signal) as never)
      }
      const abort = () => fail(new Error('aborted'))
      const attempt = (count: number) => {
        current = next(call).subscribe({
          next: observer.next,
          complete: observer.complete,
          error(error) {
            const told = named(error, signal)
            const again = op.type !== 'subscription' && told instanceof BarrowError && passing.has(told.reason)
            if (!again || count === MAX_ATTEMPTS) return fail(told)
            timer = setTimeout(attempt, delayMs(count), count + 1)
          },
        })
      }
      if (signal?.aborted) abort()
      else {
        signal?.addEventListener('abort', abort)
        attempt(1)
      }
      return stop
    })
