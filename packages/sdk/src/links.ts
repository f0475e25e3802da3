import type { AppRouter } from '@barrow/api/contract'
import type { TRPCLink } from '@trpc/client'
import { named } from './answer.ts'
import { randomUuid } from './random.ts'

/** Gives every change an idempotency key of its own, unless its caller brought one. */
export const keyed: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    next(op.type === 'mutation' ? { ...op, context: { idempotencyKey: randomUuid(), ...op.context } } : op)

/** Names every error by its reason, and ends a call the moment its caller aborts, also one that shares its request. */
export const told: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) => {
    const { signal } = op
    return next(op).pipe((source) => ({
      ...source,
      subscribe(observer) {
        // tRPC types its observers' errors as its own class, and lets a subclass or a stranger's error through as it is.
        const fail = (error: Error) => observer.error?.(named(error, signal) as never)
        const abort = () => fail(new Error('aborted'))
        const inner = source.subscribe({ ...observer, error: fail })
        if (signal?.aborted) abort()
        else signal?.addEventListener('abort', abort)
        return {
          unsubscribe() {
            signal?.removeEventListener('abort', abort)
            inner.unsubscribe()
          },
        }
      },
    }))
  }
