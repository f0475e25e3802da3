import { type Actor, principalOf } from '../actor.ts'
import type { Context } from '../context.ts'
import { faultOf } from '../error-shape.ts'

interface Named {
  readonly procedure: string
  readonly type: string
}

/** What is written in the log of a call: names and ids, never what was asked or answered. */
export interface CallLine {
  readonly procedure: string
  readonly actor: Actor['kind']
  readonly principal: string
  readonly durationMs: number
}

/** What a call's procedure answers, as tRPC hands it around. */
type Result = { readonly ok: true } | { readonly ok: false; readonly error: unknown }

/**
 * Watches one call of a procedure: a span around all it does, one count by how it ended, and its time. `work` is given how
 * to make the line of the log, once the call has ended.
 */
export function observeCall<R extends Result>(
  { tracing, metrics, actor, requestId }: Context,
  { procedure, type }: Named,
  work: (line: () => CallLine) => Promise<R>,
): Promise<R> {
  const attributes = { 'rpc.method': procedure, 'barrow.type': type, 'barrow.actor': actor.kind, requestId }
  return tracing.within(procedure, { attributes }, async (span) => {
    const began = performance.now()
    const result = await work(() => ({
      procedure,
      actor: actor.kind,
      principal: principalOf(actor),
      durationMs: Math.round(performance.now() - began),
    }))
    const outcome = result.ok ? 'ok' : (faultOf(result.error)?.kind ?? 'internal')
    metrics.calls.inc({ procedure, outcome })
    metrics.callSeconds.observe({ procedure }, (performance.now() - began) / 1000)
    span.set({ 'barrow.outcome': outcome })
    if (outcome === 'internal' || outcome === 'unavailable') span.end(outcome)
    return result
  })
}
