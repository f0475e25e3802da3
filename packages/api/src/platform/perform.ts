import { TRPCError } from '@trpc/server'
import type { z } from 'zod'
import { admits, type Demands } from './actor.ts'
import type { Context } from './context.ts'
import { faultOf, toTRPCError } from './error-shape.ts'
import { type AnyReason, common, Fault } from './errors.ts'
import { countCall, countSubject, type LimitOf, policyOf } from './limits/enforce.ts'
import type { PolicyName } from './limits/table.ts'
import { type CallLine, observeCall } from './observe/call.ts'
import { securityEvent } from './security-events.ts'

/** A call as whoever brings it knows it. */
export interface Brought {
  readonly path: string
  readonly type: string
  /** Reads its input: nothing of it is looked at before it is clear that the call may be made. */
  readonly read: () => Promise<unknown>
}

export type Performed<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly error: TRPCError }

/** Does a call, and makes of its view what `finish` makes: its output, or the text of its answer. */
export type Perform = <T>(ctx: Context, call: Brought, finish: (view: unknown) => T) => Promise<Performed<T>>

interface Performing extends Demands {
  readonly errors: readonly AnyReason[]
  readonly limit: LimitOf<never> | undefined
  readonly input: z.ZodType
  readonly work: (ctx: Context, input: unknown) => Promise<unknown>
}

/**
 * All that is done around a procedure's verb, in this order, whoever brings the call: it is observed, its caller admitted
 * and counted, its input read and checked, its subject counted. Lets out only errors that were declared.
 */
export function performer({ errors, limit, input, work, ...demands }: Performing): Perform {
  const known = reasonsOf(errors)
  const policy = policyOf(limit)
  return (ctx, { path, type, read }, finish) =>
    observeCall(ctx, { procedure: path, type }, async (line) => {
      try {
        const own = await begin(ctx, demands, { path, policy })
        const given = input.parse(await reading(read))
        // The input is the schema's own, as it is for the verb.
        await countSubject(own, policy, typeof limit === 'object' ? limit.of(given as never) : undefined)
        const data = finishing(finish, await work(own, given))
        ctx.callLog.info({ requestId: ctx.requestId, ...line() }, type)
        return { ok: true, data }
      } catch (error) {
        return { ok: false, error: letOut(ctx, error, known, line()) }
      }
    })
}

/** The context of a call that may be made, in a unit of work of its own: a batch of calls has one context. */
export async function begin(
  ctx: Context,
  demands: Demands,
  { path, policy }: { path: string; policy: PolicyName },
): Promise<Context> {
  const verdict = admits(demands, ctx.actor)
  if (verdict !== 'allowed') throw common[verdict]()
  const own = { ...ctx, action: path, em: ctx.em.fork(), marks: {} }
  await countCall(own, policy)
  return own
}

async function reading(read: Brought['read']): Promise<unknown> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof Fault || error instanceof TRPCError) throw error
    // It is no JSON, or ended in the middle.
    throw common.badRequest()
  }
}

/** A view that is not of its schema is a mistake of the shop, whatever the schema calls it. */
function finishing<T>(finish: (view: unknown) => T, view: unknown): T {
  try {
    return finish(view)
  } catch (cause) {
    throw new Error('an answer that is not what was promised', { cause })
  }
}

export const reasonsOf = (errors: readonly AnyReason[]): ReadonlySet<string> =>
  new Set([...errors, ...Object.values(common)].map((reason: AnyReason) => reason.reason))

/** What a caller may know of an error: a declared one as it is; any other is logged and says nothing. */
export function letOut(
  ctx: Context,
  error: unknown,
  known: ReadonlySet<string>,
  line: Pick<CallLine, 'procedure'>,
): TRPCError {
  const fault = faultOf(error)
  if (fault === undefined || !known.has(fault.reason)) {
    const undeclared =
      fault === undefined ? undefined : `${line.procedure} threw ${fault.reason}, which it does not declare`
    const err = error instanceof TRPCError ? (error.cause ?? error) : error
    ctx.log.error({ ...line, err, undeclared }, 'call failed')
    return new TRPCError({ code: 'INTERNAL_SERVER_ERROR' })
  }
  if (fault.kind === 'unavailable') ctx.log.warn({ ...line, err: error }, 'call put off')
  else ctx.log.info({ ...line, reason: fault.reason }, 'call refused')
  if (fault.reason === common.forbidden.reason) securityEvent({ ...ctx, action: line.procedure }, 'access_denied')
  return toTRPCError(fault)
}
