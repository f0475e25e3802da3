import type { AnyTRPCRouter } from '@trpc/server'
import { z } from 'zod'
import type { Meta } from '../trpc.ts'
import { type ParsedRoute, parseRoute } from './route.ts'

/** A route and the procedure behind it. */
export interface RestRoute extends ParsedRoute {
  /** `cart.addLine` */
  readonly procedure: string
  readonly type: 'query' | 'mutation'
  readonly meta: Meta & Required<Pick<Meta, 'access' | 'summary' | 'errors' | 'output'>>
  /** Its input: of an input with alternatives, the one that this route's path names. */
  readonly fields: readonly string[]
  readonly input: z.ZodObject
}

/** Every route of a router. */
export function routesOf(router: AnyTRPCRouter): RestRoute[] {
  // At run time tRPC keeps the procedures in one flat record by path.
  const procedures = router._def.procedures as Record<string, { _def: { type: RestRoute['type']; meta: Meta } }>
  return Object.entries(procedures).flatMap(([procedure, { _def }]) => {
    const { rest } = _def.meta
    const routes = typeof rest === 'string' ? [rest] : Array.isArray(rest) ? rest : []
    return routes.map((route): RestRoute => {
      const parsed = parseRoute(route)
      // `query` and `mutation` demand what the type adds.
      const meta = _def.meta as RestRoute['meta']
      return { ...parsed, procedure, type: _def.type, meta, input: objectWith(parsed.fields, meta.input) }
    })
  })
}

/** The object that an input is, or the one of its alternatives that has these fields. */
function objectWith(fields: readonly string[], input: z.core.$ZodType | undefined): z.ZodObject {
  const found = objectsIn(input).find((object) => fields.every((field) => field in object.shape))
  if (found === undefined)
    throw new Error(`a route takes ${fields.join(', ')} from its path, and its input has no such object`)
  return found
}

function objectsIn(input: z.core.$ZodType | undefined): z.ZodObject[] {
  if (input === undefined) return [z.strictObject({})]
  if (input instanceof z.ZodObject) return [input]
  if (input instanceof z.ZodUnion) return input.options.flatMap(objectsIn)
  if (input instanceof z.ZodOptional || input instanceof z.ZodDefault) return objectsIn(input.unwrap())
  return []
}

export interface Match {
  readonly route: RestRoute
  /** The fields that the path holds. */
  readonly fields: ReadonlyMap<string, string>
}

/** The routes at a path by method; empty where there is nothing. What is written out goes before what is in braces. */
export function matchPath(routes: readonly RestRoute[], path: string): Map<string, Match> {
  const parts = partsOf(path)
  const found = routes.flatMap((route) => matchRoute(route, parts))
  const closest = found.reduce<Match | undefined>(
    (best, match) => (best === undefined || isCloser(match.route, best.route) ? match : best),
    undefined,
  )
  return new Map(
    found.filter(({ route }) => route.form === closest?.route.form).map((match) => [match.route.method, match]),
  )
}

function matchRoute(route: RestRoute, parts: readonly string[]): Match[] {
  if (route.segments.length !== parts.length) return []
  const fields = new Map<string, string>()
  for (const [index, segment] of route.segments.entries()) {
    const part = parts[index] ?? ''
    if ('text' in segment ? segment.text !== part : part === '') return []
    if ('field' in segment) fields.set(segment.field, part)
  }
  return [{ route, fields }]
}

function isCloser(route: RestRoute, other: RestRoute): boolean {
  const at = route.segments.findIndex(
    (segment, index) => 'text' in segment !== 'text' in (other.segments[index] ?? segment),
  )
  return at !== -1 && 'text' in (route.segments[at] ?? {})
}

/** A path with something in it that is no text has no parts: nothing is there. */
function partsOf(path: string): string[] {
  try {
    return path.slice(1).split('/').map(decodeURIComponent)
  } catch {
    return []
  }
}
