import { z } from 'zod'

type Json = z.core.JSONSchema.BaseSchema

export type Names = ReadonlyMap<unknown, string>

/**
 * A schema as a reader of the reference needs it: TypeScript's spelling, with the bounds beside the types. What has a name
 * is called by it, but for the schema itself.
 */
export function schemaText(schema: z.ZodType, io: 'input' | 'output', names: Names = new Map()): string {
  return text(
    z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        const name = Object.is(zodSchema, schema) ? undefined : names.get(zodSchema)
        if (name !== undefined) jsonSchema.title = name
        if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'Date' })
        if (zodSchema._zod.def.type === 'void') Object.assign(jsonSchema, { const: 'void' })
      },
    }),
  )
}

function text(schema: Json | boolean): string {
  if (typeof schema === 'boolean') return 'unknown'
  if (schema.title !== undefined) return schema.title
  if (schema.const !== undefined) return schema.const === 'void' ? 'void' : JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const union = schema.anyOf ?? schema.oneOf
  if (union) return [...new Set(union.map(text))].join(' | ')
  if (schema.allOf) return schema.allOf.map(text).join(' & ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => text({ ...schema, type })).join(' | ')
  switch (schema.type) {
    case 'string':
      return stringText(schema)
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'int' : 'number'}${range(bound(schema.minimum), bound(schema.maximum))}`
    case 'array':
      return arrayText(schema)
    case 'object':
      return objectText(schema)
    case 'boolean':
    case 'null':
      return schema.type
    default:
      return 'unknown'
  }
}

function stringText(schema: Json): string {
  const id = schema.pattern?.match(/^\^([a-z-]+_)\(?\[0-7\]/)?.[1]
  if (id !== undefined) return `\`${id}…\``.replaceAll('`', '')
  if (schema.format) return schema.format
  return `string${range(schema.minLength, schema.maxLength)}`
}

function arrayText(schema: Json): string {
  const items = typeof schema.items === 'object' && !Array.isArray(schema.items) ? text(schema.items) : 'unknown'
  const element = /[|&]/.test(items) && !items.startsWith('{') ? `(${items})` : items
  return schema.maxItems === undefined ? `${element}[]` : `${element}[≤ ${schema.maxItems}]`
}

function objectText(schema: Json): string {
  const required = new Set(schema.required)
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, value]) => `${name}${required.has(name) ? '' : '?'}: ${text(value)}`,
  )
  const rest = schema.additionalProperties
  if (typeof rest === 'object' && Object.keys(rest).length > 0) fields.push(`[name]: ${text(rest)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`
}

/** Safe integers at either end are what "no bound" looks like in JSON Schema. */
const bound = (value: number | undefined) =>
  value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER ? undefined : value

function range(min: number | undefined, max: number | undefined): string {
  if (min === undefined && max === undefined) return ''
  if (max === undefined) return `(≥ ${min})`
  return min === undefined || (min === 0 && max > 0) ? `(≤ ${max})` : `(${min}–${max})`
}
