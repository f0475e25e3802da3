import type { Clock } from './clock.ts'

/** An answer as it goes out: a status, and a body already written. */
export interface Answer {
  readonly status: number
  readonly body: string
}

interface Kept {
  readonly fingerprint: string
  readonly request: string
  readonly at: number
  answer?: Answer
}

export type Claim =
  | { readonly kind: 'new' }
  /** Another request with this key is at work. */
  | { readonly kind: 'in_use' }
  /** The key was used with other parameters. */
  | { readonly kind: 'other' }
  | { readonly kind: 'replay'; readonly answer: Answer; readonly request: string }

/** How long Stripe keeps a key at least. */
const KEPT_MS = 24 * 3_600_000

/**
 * Idempotency keys as Stripe keeps them: an answer is kept once the operation has begun, whatever it says, and repeated
 * for a day; what is refused before it begins leaves the key free.
 */
export function createKeys(clock: Clock) {
  const keys = new Map<string, Kept>()
  return {
    claim(key: string, fingerprint: string, request: string): Claim {
      const kept = keys.get(key)
      if (kept === undefined || kept.at + KEPT_MS <= clock.now()) {
        keys.set(key, { fingerprint, request, at: clock.now() })
        return { kind: 'new' }
      }
      if (kept.fingerprint !== fingerprint) return { kind: 'other' }
      return kept.answer === undefined
        ? { kind: 'in_use' }
        : { kind: 'replay', answer: kept.answer, request: kept.request }
    },
    keep(key: string, answer: Answer): void {
      const kept = keys.get(key)
      if (kept !== undefined) kept.answer = answer
    },
    free(key: string): void {
      keys.delete(key)
    },
  }
}

export type Keys = ReturnType<typeof createKeys>
