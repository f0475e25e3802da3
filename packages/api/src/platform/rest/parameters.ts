import { z } from 'zod'
import type { oas31, ZodOpenApiMetadata, ZodOpenApiOperationObject } from 'zod-openapi'
import { hasBody, headerOf } from './input.ts'
import { queryForm } from './read.ts'
import type { RestRoute } from './table.ts'

type Parameters = NonNullable<ZodOpenApiOperationObject['parameters']>

const key = z
  .string()
  .regex(/^[\x21-\x7e]{8,255}$/)
  .describe('The same key again answers as the first time, and does nothing twice. Kept for 72 hours.')

/** What a route takes beside its body; `path` says what the document calls the parts in braces. */
export function parametersOf(route: RestRoute, path: string): { parameters: Parameters } {
  const called = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const parameters: Parameters = Object.entries(route.input.shape).flatMap(([name, field]) => {
    const at = route.fields.indexOf(name)
    if (at !== -1) return [described(field, { name: called[at] ?? name, in: 'path', required: true })]
    if (hasBody(route)) return []
    const header = headerOf(field)
    if (header !== undefined) return [described(field, { name: header, in: 'header' })]
    return [queryParameter(name, field)]
  })
  if (route.type === 'query') return { parameters }
  // `keyRequired` is judged after access, like the rest of a call; a client is told beforehand.
  const given = route.meta.keyRequired ? key : key.optional()
  return { parameters: [...parameters, described(given, { name: 'Idempotency-Key', in: 'header' })] }
}

// Schemas of zod's own classes: what the shapes of inputs are made of.
const described = (field: z.core.$ZodType, param: ZodOpenApiMetadata['param']): z.ZodType =>
  (field as z.ZodType).meta({ ...z.globalRegistry.get(field), ...(param && { param }) })

function queryParameter(name: string, field: z.core.$ZodType): Parameters[number] {
  const form = queryForm(field)
  if (form === 'fields') return described(field, { name, in: 'query', style: 'deepObject', explode: true })
  if (form !== 'json') return described(field, { name, in: 'query' })
  // In words of JSON Schema 2020-12, as OpenAPI 3.1 has them.
  const { $schema: _, ...schema } = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' })
  const required = !z.safeParse(field, undefined).success
  return { name, in: 'query', required, content: { 'application/json': { schema: schema as oas31.SchemaObject } } }
}
