import type { TRPCMutationProcedure, TRPCQueryProcedure, TRPCSubscriptionProcedure } from '@trpc/server'
import { initTRPC } from '@trpc/server'
import type { z } from 'zod'
import type { Access, Demands } from './actor.ts'
import { wasAudited } from './audit.ts'
import { type Keeping, noteSources } from './cache/keeping.ts'
import type { Context } from './context.ts'
import { type CommonShape, declared, type ShapeOf, shapeError } from './error-shape.ts'
import { type AnyReason, common } from './errors.ts'
import * as idempotency from './idempotency.ts'
import { type LimitOf, openStream, policyOf } from './limits/enforce.ts'
import type { PolicyName } from './limits/table.ts'
import { observeCall } from './observe/call.ts'
import { begin, letOut, type Perform, performer, reasonsOf } from './perform.ts'
import type { CheckedRest, Rest } from './rest/route.ts'
import type { Question } from './statement.ts'
import { inTransaction } from './transaction.ts'
import { transformer } from './wire.ts'

/** What is true of a procedure beside its code; the reference and the permission matrix are made from it. */
export interface Meta extends Partial<Demands> {
  summary?: string
  errors?: readonly AnyReason[]
  input?: z.ZodType
  output?: z.ZodType
  /** By which policy its calls are counted, beside what every call is counted by. */
  limit?: PolicyName
  /** How a repeat of a mutation is answered. */
  repeat?: 'stored' | 'never' | 'read again'
  /** Whether it refuses to be called without an Idempotency-Key. */
  keyRequired?: boolean
  /** Its route under `/rest/v1`, or why it has none. */
  rest?: Rest
  /** Does a call of it; streams have none. */
  perform?: Perform
  /** Says of a query that everybody gets the same answer, which is kept, and what it is made of. */
  kept?: Keeping
}

/** Where it is found under `/rest/v1`: one route or several, or `{ none: 'why not' }`. See {@link Rest}. */
interface Routed<I extends z.ZodType, O extends z.ZodType, R extends Rest> {
  rest: R & CheckedRest<R, z.input<I>, z.output<O>>
}

interface Definition<I extends z.ZodType, O extends z.ZodType, E extends readonly AnyReason[]> extends Demands {
  /** Who may call. There is no default: a procedure that leaves it out does not compile. */
  access: Access
  /** One sentence for the reference. */
  summary: string
  input: I
  output: O
  /** The reasons it fails for, beside the common ones. Throwing any other is a bug. */
  errors?: E
  /** By which policy its calls are counted; see `limits/table.ts`. Without it, only by what every call is counted by. */
  limit?: LimitOf<z.output<I>>
}

interface QueryDefinition<I extends z.ZodType, O extends z.ZodType, E extends readonly AnyReason[]>
  extends Definition<I, O, E> {
  /** Everybody gets the same answer to the same input, so it is kept: only what is public, and asks nothing of the actor. */
  kept?: Keeping<z.input<O>>
}

/** Reads the view of what a call has changed, by its id. */
type Reading<O extends z.ZodType> = (ctx: Context, id: string) => Promise<z.input<O>>

interface MutationDefinition<I extends z.ZodType, O extends z.ZodType, E extends readonly AnyReason[], Row>
  extends Definition<I, O, E> {
  /**
   * How a repeat under the same key is answered. `stored` (the default): the answer is kept, so it must hold nothing
   * personal. A function: only the answer's `id` is kept, and the view is read again. `never`: the call issues a
   * credential, nothing is kept. Where the input names what is read again, `of` says so, and keeping it costs nothing.
   */
  repeat?: 'stored' | 'never' | Reading<O> | { readonly of: (input: z.output<I>) => string; readonly read: Reading<O> }
  /** The lock that the verb begins with, taken in one round trip with the key. The verb is given its rows. */
  along?: (ctx: Context, input: z.output<I>) => Question<Row>
  /** `own`: the verb calls the network between two transactions, and keeps its key itself. */
  transaction?: 'own'
  /** `none` for a shopper's edits of their own cart; every other mutation writes an audit row or fails. */
  audit?: 'none'
  /** Refuse the call without an Idempotency-Key. */
  keyRequired?: true
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer,
    // Wired in, not read from the environment: a stack must not leave the house whatever NODE_ENV says.
    isDev: false,
    errorFormatter: ({ shape, error, ctx }): CommonShape => shapeError(shape, error, ctx?.requestId ?? 'none'),
    sse: {
      ping: { enabled: true, intervalMs: 15_000 },
      maxDurationMs: 15 * 60_000,
      // Two pings missed: the line is dead though nobody closed it.
      client: { reconnectAfterInactivityMs: 40_000 },
    },
  })

export const { router, createCallerFactory } = t

/** A stream is admitted and counted like any call, and takes a place as long as it is open. */
const streaming = (def: AnyDefinition, errors: readonly AnyReason[]) => {
  const known = reasonsOf(errors)
  const policy = policyOf(def.limit)
  return t.procedure.use(({ ctx, path, type, signal, next }) =>
    observeCall(ctx, { procedure: path, type }, async (line) => {
      try {
        const own = await begin(ctx, def, { path, policy })
        const leave = openStream(own)
        // A stream nobody reads ends with its connection, the others with their last value.
        signal?.addEventListener('abort', leave)
        const result = await next({ ctx: own })
        if (!result.ok) {
          leave()
          throw result.error
        }
        ctx.callLog.info({ requestId: ctx.requestId, ...line() }, type)
        return { ...result, data: untilEnd(result.data as AsyncIterable<unknown>, leave) }
      } catch (error) {
        // tRPC marks what its own steps answer, and looks at the mark of none that failed.
        return { ok: false as const, error: letOut(ctx, error, known, line()), marker: undefined as never }
      }
    }),
  )
}

async function* untilEnd(stream: AsyncIterable<unknown>, leave: () => void): AsyncGenerator<unknown> {
  try {
    yield* stream
  } finally {
    leave()
  }
}

/** A procedure that reads. */
export function query<
  I extends z.ZodType,
  O extends z.ZodType,
  const R extends Rest,
  const E extends readonly AnyReason[] = [],
>(
  def: QueryDefinition<I, O, E> & Routed<I, O, R>,
  verb: (ctx: Context, input: z.output<I>) => Promise<z.input<O>>,
): TRPCQueryProcedure<{
  input: z.input<I>
  output: z.output<O>
  meta: object
  errorShape: CommonShape | ShapeOf<E[number]>
}> {
  const { kept, rest } = def
  if (kept === undefined) return build(def, { rest }, verb).query(({ ctx }) => ctx.output) as never
  if (def.access !== 'public') throw new Error('only answers that are public are kept')
  const noting = async (ctx: Context, input: z.output<I>) => {
    const view = await verb(ctx, input)
    noteSources(ctx, kept, view)
    return view
  }
  return build(def, { kept, rest }, noting).query(({ ctx }) => ctx.output) as never
}

/** A procedure that writes: one transaction, once for each key, audited. */
export function mutation<
  I extends z.ZodType,
  O extends z.ZodType,
  const R extends Rest,
  const E extends readonly AnyReason[] = [],
  Row = never,
>(
  def: MutationDefinition<I, O, E, Row> & Routed<I, O, R>,
  verb: (ctx: Context, input: z.output<I>, along: readonly Row[]) => Promise<z.input<O>>,
): TRPCMutationProcedure<{
  input: z.input<I>
  output: z.output<O>
  meta: object
  errorShape: CommonShape | ShapeOf<E[number]>
}> {
  const repeat = typeof def.repeat === 'string' ? def.repeat : def.repeat === undefined ? 'stored' : 'read again'
  const work = (ctx: Context, input: z.output<I>) => runMutation(ctx, def, input, verb)
  const more = { repeat, rest: def.rest, keyRequired: def.keyRequired === true } as const
  return build(def, more, work).mutation(({ ctx }) => ctx.output) as never
}

/** A procedure that streams: each value the generator yields is one of `output`. */
export function subscription<I extends z.ZodType, O extends z.ZodType, const E extends readonly AnyReason[] = []>(
  def: Definition<I, O, E>,
  verb: (ctx: Context, input: z.output<I>, signal: AbortSignal) => AsyncGenerator<z.input<O>>,
): TRPCSubscriptionProcedure<{
  input: z.input<I>
  output: AsyncIterable<z.output<O>, void, unknown>
  meta: object
  errorShape: CommonShape | ShapeOf<E[number]>
}> {
  const meta = { ...metaOf(def), rest: { none: 'A stream of events is not a resource: ask again instead.' } }
  return streaming(def, meta.errors)
    .meta(meta)
    .errors(declared(meta.errors))
    .input(def.input)
    .subscription(async function* ({ ctx, path, input, signal }) {
      // The procedure has answered when the stream begins: what goes wrong in it afterwards passes no middleware.
      try {
        for await (const value of verb(ctx, input as z.output<I>, signal ?? new AbortController().signal)) {
          yield def.output.parse(value)
        }
      } catch (error) {
        throw letOut(ctx, error, reasonsOf(meta.errors), { procedure: path })
      }
    }) as never
}

type AnyDefinition = Omit<Definition<z.ZodType, z.ZodType, readonly AnyReason[]>, 'limit'> & { limit?: LimitOf<never> }

const metaOf = (def: AnyDefinition) => ({
  access: def.access,
  ...(def.recentLogin && { recentLogin: def.recentLogin }),
  ...(def.beforeMfa && { beforeMfa: def.beforeMfa }),
  summary: def.summary,
  errors: def.errors ?? [],
  limit: policyOf(def.limit),
  input: def.input,
  output: def.output,
})

// tRPC's builder types grow with every step; the three functions above state their result instead, which is what keeps the
// router's type small. Their casts bridge the two: input and output are the schemas' own.
const build = <I>(def: AnyDefinition, more: Meta, work: (ctx: Context, input: I) => Promise<unknown>) => {
  const known = { ...metaOf(def), ...more }
  // What the schema of the input answers is what the verb takes.
  const perform = performer({ ...def, errors: known.errors, limit: def.limit, work: work as never })
  const meta = { ...known, perform }
  return t.procedure
    .meta(meta)
    .errors(declared(meta.errors))
    .use(async ({ ctx, path, type, getRawInput, next }) => {
      const result = await perform(ctx, { path, type, read: getRawInput }, (view) => def.output.parse(view))
      if (!result.ok) throw result.error
      return next({ ctx: { output: result.data } })
    })
}

async function runMutation<I extends z.ZodType, O extends z.ZodType, E extends readonly AnyReason[], Row>(
  ctx: Context,
  def: MutationDefinition<I, O, E, Row>,
  input: z.output<I>,
  verb: (ctx: Context, input: z.output<I>, along: readonly Row[]) => Promise<z.input<O>>,
): Promise<z.input<O>> {
  if (def.keyRequired && ctx.idempotencyKey === undefined) throw common.keyRequired()
  if (def.transaction === 'own') return verb(ctx, input, [])
  return inTransaction(ctx, async (ctx) => {
    const { repeat = 'stored' } = def
    const known = typeof repeat === 'object' ? repeat.of(input) : undefined
    // Of what issues a credential nothing is kept, whatever key it came under.
    const keyed = repeat === 'never' ? { ...ctx, idempotencyKey: undefined } : ctx
    const { begun, rows } = await idempotency.beginAlong(keyed, input, { known, along: def.along?.(ctx, input) })
    if (begun.state === 'done' && repeat !== 'never') {
      // What was stored is what this procedure answered: its output schema checks it again on the way out.
      return repeat === 'stored' ? (begun.answer as z.input<O>) : readerOf(repeat)(ctx, String(begun.answer))
    }
    const view = await verb(ctx, input, rows)
    if (def.audit !== 'none' && !wasAudited(ctx)) throw new Error(`${ctx.action} changed the shop without an audit row`)
    await ctx.em.flush()
    if (repeat === 'stored') idempotency.keep(ctx, view)
    if (typeof repeat === 'function') idempotency.keep(ctx, idOf(view))
    return view
  })
}

const readerOf = <O extends z.ZodType>(repeat: Reading<O> | { readonly read: Reading<O> }): Reading<O> =>
  typeof repeat === 'function' ? repeat : repeat.read

function idOf(view: unknown): string {
  if (typeof view === 'object' && view !== null && 'id' in view && typeof view.id === 'string') return view.id
  throw new Error('a mutation whose repeats are read again must answer with an id')
}
