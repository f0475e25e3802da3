import { readFileSync } from 'node:fs'
import { Client } from '@opensearch-project/opensearch'
import { z } from 'zod'
import { searchRefused } from '../../../search/errors.ts'
import type { OpenSearchConfig } from '../../../search-settings.ts'

/** Indexing is waited for longer than a search. */
const WORK_TIMEOUT_MS = 30_000

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: object
  /** Lines of JSON instead of one body. */
  readonly lines?: readonly object[]
}

/**
 * A server that speaks the language of OpenSearch and Elasticsearch: only what both understand is said. Throws
 * `search_refused` where it does not let the shop in.
 */
export interface Server extends AsyncDisposable {
  /** Asks for what a shopper waits for: briefly, and once. */
  ask<Answer extends z.ZodType>(request: Request, answer: Answer): Promise<z.output<Answer>>
  /** Asks for what nobody waits for. */
  work<Answer extends z.ZodType>(request: Request, answer: Answer): Promise<z.output<Answer>>
  /** Where points in time are opened: the one request that the two call by different names. */
  pointInTime(index: string): Promise<string>
}

export const anything = z.unknown()

const REFUSED: ReadonlySet<number> = new Set([401, 403])

/** The HTTP status of an answer that was an error; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined
  return typeof error.statusCode === 'number' ? error.statusCode : undefined
}

export function connect({ url, signIn, caFile, timeoutMs }: OpenSearchConfig): Server {
  const client = new Client({
    node: url,
    maxRetries: 0,
    requestTimeout: timeoutMs,
    ...(signIn?.by === 'password' && { auth: { username: signIn.username, password: signIn.password } }),
    ...(signIn?.by === 'key' && { headers: { authorization: `ApiKey ${signIn.key}` } }),
    ...(caFile !== undefined && { ssl: { ca: readFileSync(caFile) } }),
  })
  const send = async <Answer extends z.ZodType>(
    { method, path, query = {}, body, lines }: Request,
    answer: Answer,
    requestTimeout: number,
  ): Promise<z.output<Answer>> => {
    const sent = lines === undefined ? body : undefined
    const response = await client.transport
      .request(
        {
          method,
          path,
          querystring: { ...query },
          ...(sent !== undefined && { body: sent }),
          ...(lines !== undefined && { bulkBody: [...lines] }),
        },
        { requestTimeout, maxRetries: 0 },
      )
      .catch((error: unknown) => {
        throw REFUSED.has(statusOf(error) ?? 0) ? searchRefused() : error
      })
    return answer.parse(response.body)
  }
  const ask: Server['ask'] = (request, answer) => send(request, answer, timeoutMs)

  let kind: Promise<'opensearch' | 'elasticsearch'> | undefined
  const kindOf = async () => {
    const { version } = await ask({ method: 'GET', path: '/' }, z.object({ version: z.looseObject({}) }))
    return version.distribution === 'opensearch' ? ('opensearch' as const) : ('elasticsearch' as const)
  }

  return {
    ask,
    work: (request, answer) => send(request, answer, WORK_TIMEOUT_MS),
    async pointInTime(index) {
      kind ??= kindOf()
      const name = await kind.catch((error: unknown) => {
        kind = undefined
        throw error
      })
      const path = name === 'opensearch' ? `/${index}/_search/point_in_time` : `/${index}/_pit`
      const answer = await ask(
        { method: 'POST', path, query: { keep_alive: KEEP_ALIVE } },
        z.union([z.object({ pit_id: z.string() }), z.object({ id: z.string() })]),
      )
      return 'pit_id' in answer ? answer.pit_id : answer.id
    },
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** How long the next page may take to be asked for. */
export const KEEP_ALIVE = '2m'
