import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { common } from '../errors.ts'
import { readBody } from '../http/body.ts'
import { checkStructure } from '../structure.ts'
import { isRecord, plain, readQuery } from './read.ts'
import type { Match, RestRoute } from './table.ts'

/** Whether the fields of an input that are not in the path travel in the body; else they are in the query. */
export const hasBody = ({ method }: Pick<RestRoute, 'method'>): boolean => method !== 'GET' && method !== 'DELETE'

/**
 * The header that a field travels in where there is no body: a secret in an address would end in logs. A schema says so:
 * `.meta({ inHeader: 'Barrow-Order-Token' })`.
 */
export function headerOf(field: z.core.$ZodType): string | undefined {
  const name = z.globalRegistry.get(field)?.inHeader
  return typeof name === 'string' ? name : undefined
}

/**
 * A request as the input of its procedure: path, and query or body. Every field has one place.
 * Raises `invalid_input` for a field in another.
 */
export async function readInput(
  request: IncomingMessage,
  { route, fields }: Match,
  maxBody: number,
): Promise<{ input: unknown } | { unreadable: 400 | 413 | 415 }> {
  const query = new URLSearchParams(request.url?.split('?')[1] ?? '')
  // Nobody may expect that a body counts here, so one is not passed over in silence.
  if (!hasBody(route) && sendsBody(request)) return { unreadable: 400 }
  if (!hasBody(route))
    return { input: Object.fromEntries([...ofPath(route, fields), ...ofQuery(request, route, query)]) }
  const [stray] = query.keys()
  if (stray !== undefined) throw misplaced(stray, 'belongs into the body')
  const read = await readJson(request, maxBody)
  if ('unreadable' in read) return read
  const { body } = read
  checkStructure(body)
  if (!isRecord(body)) throw misplaced('', 'the body must be an object')
  const doubled = route.fields.find((field) => Object.hasOwn(body, field))
  if (doubled !== undefined) throw misplaced(doubled, 'belongs into the path')
  const rest = plain(route.input, body, 'json')
  return { input: Object.fromEntries([...ofPath(route, fields), ...Object.entries(Object(rest))]) }
}

const sendsBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const misplaced = (path: string, message: string) => common.invalidInput({ fields: [{ path, message }] })

const ofPath = ({ input }: RestRoute, fields: ReadonlyMap<string, string>): [string, unknown][] =>
  [...fields].map(([name, text]) => {
    const schema = input.shape[name]
    return [name, schema === undefined ? text : plain(schema, text, 'text')]
  })

function ofQuery({ headers }: IncomingMessage, { input, fields }: RestRoute, query: URLSearchParams) {
  const inHeaders = Object.entries(input.shape).flatMap(([name, field]) => {
    const header = headerOf(field)
    return header === undefined ? [] : [{ name, header }]
  })
  for (const name of query.keys()) {
    if (fields.includes(name)) throw misplaced(name, 'belongs into the path')
    const header = inHeaders.find((one) => one.name === name)?.header
    if (header !== undefined) throw misplaced(name, `belongs into the header ${header}`)
  }
  const given = inHeaders.flatMap(({ name, header }): [string, unknown][] => {
    const value = headers[header.toLowerCase()]
    return value === undefined ? [] : [[name, value]]
  })
  return [...readQuery(query, input), ...given]
}

async function readJson(
  request: IncomingMessage,
  maxBody: number,
): Promise<{ body: unknown } | { unreadable: 400 | 413 | 415 }> {
  // Unpacking is for those whom somebody trusts: a small body may be a large one packed.
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return { unreadable: 415 }
  const bytes = await readBody(request, maxBody)
  if (bytes === undefined) return { unreadable: 413 }
  if (bytes.length === 0) return { body: {} }
  try {
    return { body: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch {
    return { unreadable: 400 }
  }
}
