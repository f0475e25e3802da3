type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Where a procedure stands among the resources under `/rest/v1`: `GET /products/{id}`. A part in braces is a field of the
 * input; the other fields travel in the query of GET and DELETE, in the JSON body of the rest. It answers 200 with the
 * procedure's output, or what stands behind an arrow: `-> 204` without a body, `-> 202` for work that goes on, `-> 201`, or
 * 201 with the address of what was made, with fields of the output in it: `POST /addresses -> /addresses/{id}`.
 */
export type Route = `${Method} /${string}`

/** A procedure that REST does not have, and why. */
export interface NoRoute {
  readonly none: string
}

export type Rest = Route | readonly Route[] | NoRoute

type Names<Path> = Path extends `${string}{${infer Name}}${infer After}` ? Name | Names<After> : never
type FieldOf<T> = T extends unknown ? keyof T : never
type Missing<Path, T> = Exclude<Names<Path>, FieldOf<T>> & string

/** `unknown` for a route whose parts in braces are all there, else what is wrong with it. */
type Checked<R, I, O> = R extends `${infer Path} -> ${infer Made}`
  ? [Missing<Path, I>, Missing<Made, O>] extends [never, never]
    ? unknown
    : { neitherInputNorOutputHas: Missing<Path, I> | Missing<Made, O> }
  : [Missing<R, I>] extends [never]
    ? unknown
    : { inputHasNo: Missing<R, I> }

/** Intersected with a procedure's route, lets only fields of its input into the path, and of its output behind the arrow. */
export type CheckedRest<R, I, O> = R extends readonly unknown[] ? Checked<R[number], I, O> : Checked<R, I, O>

export type Segment = { readonly text: string } | { readonly field: string }

export interface ParsedRoute {
  readonly method: Method
  /** As it is written, `/carts/{cartId}/lines`. */
  readonly path: string
  /** The path without the names in it, `/carts/{}/lines`: routes of the same form are one resource. */
  readonly form: string
  readonly segments: readonly Segment[]
  /** The fields of the input that are in the path. */
  readonly fields: readonly string[]
  readonly status: 200 | 201 | 202 | 204
  /** The address of what was made, with fields of the output in braces. */
  readonly location: string | undefined
}

const FORM = /^(GET|POST|PUT|PATCH|DELETE) ((?:\/(?:[a-z0-9.-]+|\{[a-zA-Z]+\}))+)(?: -> (?:(201|202|204)|(\/\S+)))?$/

export function parseRoute(route: string): ParsedRoute {
  const [, method, path, status, location] = route.match(FORM) ?? []
  if (method === undefined || path === undefined) throw new Error(`${route} is not a route`)
  const segments = path
    .slice(1)
    .split('/')
    .map((part) => (part.startsWith('{') ? { field: part.slice(1, -1) } : { text: part }))
  return {
    // What the form above lets through.
    method: method as Method,
    path,
    form: path.replaceAll(/\{\w+\}/g, '{}'),
    segments,
    fields: segments.flatMap((segment) => ('field' in segment ? [segment.field] : [])),
    status: location !== undefined ? 201 : ((Number(status ?? 200) || 200) as ParsedRoute['status']),
    location,
  }
}
