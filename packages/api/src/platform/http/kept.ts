import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyTRPCRouter } from '@trpc/server'
import type { Actor } from '../actor.ts'
import { keptQueries } from '../cache/keeping.ts'
import { type Call, type Context, contextOfCalls, type Runtime } from '../context.ts'
import { Fault } from '../errors.ts'
import { countCall } from '../limits/enforce.ts'
import type { PolicyName } from '../limits/table.ts'
import type { Answer } from '../ports/cache.ts'
import type { Admitted } from './admission.ts'
import { MAX_BATCH } from './rpc.ts'

/** A request for the answers of some queries, in one body. */
export interface Reading {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly queries: readonly string[]
}

/** `answered`: nothing is left to do. Else it is for the caller to answer, with what was made for nothing if there is any. */
export type Outcome<Rest> = 'answered' | { readonly made: Rest | undefined }

/** Answers a reading with what is kept, or with what `make` makes: the bytes of its answer, or one that is not kept. */
export type AnswerKept = <Rest>(
  admitted: Admitted,
  reading: Reading,
  make: (ctx: Context) => Promise<Buffer | { readonly rest: Rest }>,
) => Promise<Outcome<Rest>>

/** Whom a kept answer is made for: nobody, so that nothing of whoever asked first can be in it. */
export const nobody: Actor = { kind: 'guest', guest: null }

/** It was counted already as what it is: this one comes over no network. */
const callOfNobody = (requestId: string, sources: Set<string>): Call => ({
  actor: nobody,
  requestId,
  credentials: { setSession: () => {}, setGuest: () => {} },
  sources,
})

/** What decides, beside the address, what an answer says or who may keep it (RFC 9110, 12.5.5). */
export const VARY = 'Authorization, Barrow-Guest, Barrow-Session, Cookie, trpc-accept'

/** Something was made that is not kept: an error, or a mix of errors and views. */
class Unkept extends Error {
  readonly rest: unknown

  constructor(rest: unknown) {
    super('not kept')
    this.rest = rest
  }
}

/**
 * Answers reads that are the same for everybody as they were answered before: bytes under the address that was asked for,
 * which holds the whole input. Staff, and programs with a key, are left to their procedures: they see what they have just
 * changed, in every process. Raises `rate_limited`. Searches are not among what is kept: what people type is theirs, and
 * seldom the same twice within the seconds that an answer with stock may be old.
 */
export function keptAnswers(runtime: Runtime, router: AnyTRPCRouter): AnswerKept {
  const { cache, metrics } = runtime
  const { maxAgeMs } = runtime.config.cache
  const kept = keptQueries(router)
  const findAll = (names: readonly string[]) => {
    const found = names.flatMap((name) => kept.get(name) ?? [])
    return found.length === names.length && names.length <= MAX_BATCH ? found : undefined
  }

  return async (admitted, { request, response, queries }, make) => {
    // A streamed answer (`trpc-accept`) has another form.
    if (request.method === 'POST' || request.headers['trpc-accept'] !== undefined) return { made: undefined }
    const found = findAll(queries)
    if (found === undefined || maxAgeMs.catalogue === 0) return { made: undefined }
    if (admitted.actor.kind !== 'guest' && admitted.actor.kind !== 'customer') {
      metrics.cacheReads.inc({ cache: 'answers', outcome: 'bypass' })
      return { made: undefined }
    }
    // Every call counts, also one that costs nothing.
    const { call } = admitted
    const counted = { ...runtime, ...call, client: call.client ?? null, ip: call.client?.ip ?? null }
    const passed: PolicyName[] = []
    try {
      for (const { policy } of found) {
        await countCall(counted, policy)
        passed.push(policy)
      }
    } catch (error) {
      if (queries.length === 1 || !(error instanceof Fault && error.kind === 'limited')) throw error
      // Of a batch, those that were let through are answered: by their procedures, which need not count them again.
      call.client?.counted.push(...passed)
      return { made: undefined }
    }
    const began = performance.now()
    let wasMade = false
    try {
      // A server's request has an address.
      const answer = await cache.read(request.url ?? '/', async () => {
        wasMade = true
        const sources = new Set<string>()
        const made = await make(contextOfCalls(runtime, callOfNobody(call.requestId, sources)))
        if (!Buffer.isBuffer(made)) throw new Unkept(made.rest)
        const showsStock = found.some(({ keeping }) => keeping.showsStock)
        return { body: made, tags: [...sources], maxAgeMs: showsStock ? maxAgeMs.stock : maxAgeMs.catalogue }
      })
      send(request, response, answer, admitted.anonymous)
      // What was made now, the procedures have counted.
      for (const procedure of wasMade ? [] : queries) {
        metrics.calls.inc({ procedure, outcome: 'ok' })
        metrics.callSeconds.observe({ procedure }, (performance.now() - began) / 1000)
      }
      return 'answered'
    } catch (error) {
      // What is thrown in there is what the same call made.
      if (error instanceof Unkept) return { made: error.rest as never }
      throw error
    }
  }
}

function send({ headers }: IncomingMessage, response: ServerResponse, answer: Answer, isPublic: boolean): void {
  const { body, etag } = answer
  response.appendHeader('Vary', VARY)
  response.setHeader('ETag', etag)
  if (isPublic) response.setHeader('Cache-Control', freshFor(answer))
  if (isNamed(headers['if-none-match'], etag)) {
    response.writeHead(304).end()
    return
  }
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length })
  // To HEAD, Node sends the head alone.
  response.end(body)
}

/** The value of `Cache-Control`: however many keep an answer on its way, it never becomes older than its bound. */
export const freshFor = ({ leftMs }: Pick<Answer, 'leftMs'>): string =>
  `public, max-age=${Math.max(0, Math.floor(leftMs / 1000))}`

/** Whether `If-None-Match` names this answer: the caller has it (RFC 9110, 13.1.2). */
export const isNamed = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))
