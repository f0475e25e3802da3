import type { IncomingMessage } from 'node:http'
import { type AnyTRPCProcedure, type AnyTRPCRouter, getTRPCErrorShape, type TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import superjson from 'superjson'
import type { Context } from '../context.ts'
import { type Encode, encoderOf } from '../encode.ts'
import { common, Fault } from '../errors.ts'
import type { Perform } from '../perform.ts'
import { retryAfter } from '../rest/problem.ts'
import type { Meta } from '../trpc.ts'
import { transformer } from '../wire.ts'
import { readBody } from './body.ts'
import { rpcError } from './refuse.ts'

/** What is answered to a single call. */
export interface Answer {
  readonly status: number
  readonly text: string
  /** In seconds. */
  readonly retryAfter: number | undefined
}

/** One call of one procedure, which most requests are. */
export type Single = (ctx: Context, maxBody: number) => Promise<Answer>

interface Callable {
  readonly type: 'query' | 'mutation'
  readonly perform: Perform
  readonly encode: (view: unknown) => string
}

/**
 * Answers single calls with the bytes that tRPC's adapter answers, in a third of its time: the adapter builds a Request, a
 * Response and two streams for each call, and superjson walks the whole answer to find out what the output schema knows.
 * Batches, streams and whatever else is not quite this go to the adapter: for them there is no `Single`.
 */
export function createSingles(router: AnyTRPCRouter) {
  const known = new Map<string, Callable>()
  // A router without lazy parts holds procedures, each under its path.
  const procedures = router._def.procedures as Readonly<Record<string, AnyTRPCProcedure>>
  for (const [path, procedure] of Object.entries(procedures)) {
    const { type } = procedure._def
    const { perform, output } = procedure._def.meta as Meta
    if (type === 'subscription' || perform === undefined || output === undefined) continue
    known.set(path, { type, perform, encode: encoding(output) })
  }
  const { _config: config } = router._def

  return (request: IncomingMessage, path: string): Single | undefined => {
    const callable = known.get(path)
    if (callable === undefined || wantsStream(request)) return undefined
    const { type, perform, encode } = callable
    const asked = addressed(request)
    if (asked === undefined) return undefined
    // What these are refused with is the adapter's business.
    const isTyped = request.headers['content-type'] !== undefined
    if (request.method === 'GET' && (type === 'mutation' || isTyped)) return undefined
    return async (ctx, maxBody) => {
      let input: unknown
      let tooLarge = false
      const read = async () => {
        const text = request.method === 'GET' ? asked : await bodyOf(request, maxBody)
        tooLarge = text === undefined
        if (tooLarge) throw common.badRequest()
        input = text === '' || text === undefined ? undefined : transformer.deserialize(JSON.parse(text))
        return input
      }
      const result = await perform(ctx, { path, type, read }, encode)
      if (result.ok) return { status: 200, text: `{"result":{"data":${result.data}}}`, retryAfter: undefined }
      const { requestId } = ctx
      if (tooLarge)
        return {
          status: 413,
          text: JSON.stringify(rpcError(common.badRequest(), requestId, 413)),
          retryAfter: undefined,
        }
      const { error } = result
      const shape = getTRPCErrorShape({ config, error, type, path, input, ctx })
      return {
        status: getHTTPStatusCodeFromError(error),
        text: JSON.stringify({ error: transformer.serialize(shape) }),
        retryAfter: retryAfter(faultBehind(error)),
      }
    }
  }
}

/** An answer in parts, as batches may have. */
const wantsStream = ({ headers }: IncomingMessage): boolean =>
  headers['trpc-accept'] !== undefined || headers.accept?.includes('application/jsonl') === true

const faultBehind = ({ cause }: TRPCError): Fault | undefined => (cause instanceof Fault ? cause : undefined)

/** Made when the first answer is: a process that starts has other things to do. */
function encoding(output: NonNullable<Meta['output']>): (view: unknown) => string {
  let encode: Encode | undefined | null = null
  return (view) => {
    if (encode === null) encode = encoderOf(output)
    return encode?.(view) ?? JSON.stringify(superjson.serialize(output.parse(view)))
  }
}

/** The input in an address, or none of it; undefined for an address that says more than that. */
function addressed({ url = '/' }: IncomingMessage): string | undefined {
  const mark = url.indexOf('?')
  if (mark === -1) return ''
  const query = url.slice(mark + 1)
  if (!query.startsWith('input=') || /[&+]/.test(query)) return undefined
  try {
    return decodeURIComponent(query.slice('input='.length))
  } catch {
    return undefined
  }
}

/** A body's text; undefined when it is longer than `max` bytes. */
async function bodyOf(request: IncomingMessage, max: number): Promise<string | undefined> {
  const body = await readBody(request, max)
  // The Encoding standard has a decoder drop the mark that text may begin with.
  return body?.toString().replace(/^\uFEFF/, '')
}
