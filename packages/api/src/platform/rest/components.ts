import { z } from 'zod'
import { common } from '../errors.ts'
import { hasBody } from './input.ts'
import { internal, Problem, problemOfReason, type Told } from './problem.ts'
import type { RestRoute } from './table.ts'

export type Names = ReadonlyMap<z.core.$ZodType, string>

export interface Components {
  /** By the name that the document gives them. */
  readonly schemas: Record<string, z.ZodType>
  /** What a route takes as its body, by method and path: its input without what is in the path. */
  readonly bodies: ReadonlyMap<string, z.ZodObject>
}

const pascal = (text: string): string =>
  text.replaceAll(/(?:^|[^a-zA-Z])([a-z])/g, (_, first: string) => first.toUpperCase())

/** A reason's problem; the same object however often it is asked for, so that documents refer to it by name. */
const problems = new Map<string, z.ZodObject>()
export function problemSchema(reason: Told): z.ZodObject {
  const found = problems.get(reason.reason)
  if (found !== undefined) return found
  const made = problemOfReason(reason)
  problems.set(reason.reason, made)
  return made
}

/** What a document gives a name to: views, bodies, and a problem for each reason. */
export function componentsOf(routes: readonly RestRoute[], names: Names): Components {
  const bodies = new Map<string, z.ZodObject>()
  const schemas: Record<string, z.ZodType> = { Problem }
  for (const route of routes) {
    for (const schema of inside(route.meta.output)) {
      const name = names.get(schema)
      if (name !== undefined && schema instanceof z.ZodObject) schemas[name] = schema
    }
    const name = names.get(route.input) ?? `${pascal(route.procedure)}Input`
    // Two routes with the same input and path fields have one body, not two alike.
    const body = bodyOf(route, schemas[name])
    if (body === undefined) continue
    bodies.set(`${route.method} ${route.path}`, body)
    schemas[name] = body
  }
  const reasons = [...Object.values(common), internal, ...routes.flatMap(({ meta }) => meta.errors)]
  for (const reason of reasons) schemas[`${pascal(reason.reason)}Problem`] = problemSchema(reason)
  return { schemas, bodies }
}

function bodyOf(route: RestRoute, known: z.ZodType | undefined): z.ZodObject | undefined {
  if (!hasBody(route)) return undefined
  const fields = Object.entries(route.input.shape).filter(([name]) => !route.fields.includes(name))
  if (fields.length === 0) return undefined
  if (route.fields.length === 0) return route.input
  const names = fields.map(([name]) => name).join()
  if (known instanceof z.ZodObject && Object.keys(known.shape).join() === names) return known
  // Fields of one shape make another.
  return z.strictObject(Object.fromEntries(fields) as z.ZodRawShape)
}

/** A schema and all that it is made of. */
function* inside(schema: z.core.$ZodType): Generator<z.core.$ZodType> {
  yield schema
  if (schema instanceof z.ZodObject) for (const field of Object.values(schema.shape)) yield* inside(field)
  if (schema instanceof z.ZodArray) yield* inside(schema.element)
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) yield* inside(schema.unwrap())
  if (schema instanceof z.ZodUnion) for (const option of schema.options) yield* inside(option)
}
