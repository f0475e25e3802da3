import { NoAnswer, readAnswer } from './answer.ts'
import type { Send } from './session.ts'

const MAX_ATTEMPTS = 4
const FIRST_DELAY_MS = 250

/** What passes by itself: the shop is busy, or still at work on this very request. */
const passing = new Set(['busy', 'in_progress'])

/** Sends, and reads the whole answer. */
export type Ask = (...request: Parameters<Send>) => Promise<{ ok: boolean; body: unknown }>

/**
 * Sends again what failed for a passing reason, up to three times: no answer, or one that says to try again. It is the
 * same request each time, its `Idempotency-Key` included, so that the shop acts once however often it is asked.
 */
export function persistently(send: Send): Ask {
  return async (url, init) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await send(url, init)
        const body = await readAnswer(response)
        if (attempt === MAX_ATTEMPTS || !saysTryAgain(body)) return { ok: response.ok, body }
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || init.signal?.aborted || !(error instanceof NoAnswer) || error.final) throw error
      }
      await pause(attempt, init.signal)
    }
  }
}

/** Full jitter: callers that failed together do not come back together. */
function pause(attempt: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(new NoAnswer('The call was aborted.'))
    }
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      },
      Math.random() * FIRST_DELAY_MS * 2 ** attempt,
    )
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/** Whether an answer, or one of a batch of them, is an error of a passing reason. */
const saysTryAgain = (body: unknown): boolean =>
  Array.isArray(body) ? body.some(saysTryAgain) : passing.has(String(at(body, 'error', 'json', 'data', 'reason')))

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? Reflect.get(inner, key) : undefined,
    value,
  )
