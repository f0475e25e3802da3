import { z } from 'zod'

/** How a field of an input is written in a query. */
export type QueryForm =
  /** `limit=20` */
  | 'value'
  /** `tag=a&tag=b` */
  | 'list'
  /** `price[min]=100&price[max]=900` */
  | 'fields'
  /** `attributes=[{"name":"material","value":"wool"}]` */
  | 'json'

/** What is inside of what may be left out, be null or have a default. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return unwrap(schema.unwrap())
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema
}

export function queryForm(field: z.core.$ZodType): QueryForm {
  const schema = unwrap(field)
  if (schema instanceof z.ZodArray) return isPlain(schema.element) ? 'list' : 'json'
  const objects = schema instanceof z.ZodUnion ? schema.options.map(unwrap) : [schema]
  if (objects.every((one) => one instanceof z.ZodObject && Object.values(one.shape).every(isPlain))) return 'fields'
  return isPlain(schema) ? 'value' : 'json'
}

function isPlain(field: z.core.$ZodType): boolean {
  const schema = unwrap(field)
  if (schema instanceof z.ZodUnion) return schema.options.every(isPlain)
  return !(schema instanceof z.ZodObject || schema instanceof z.ZodArray || schema instanceof z.ZodRecord)
}

/**
 * A query as the input that it is meant to be. What has no such field, or no such form, is left as it stands: the schema
 * refuses it by name.
 */
export function readQuery(query: URLSearchParams, input: z.ZodObject): [string, unknown][] {
  const read = new Map<string, unknown>()
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name)
    const [, base = name, inner] = name.match(/^([^[\]]+)\[([^[\]]+)\]$/) ?? []
    const schema = Object.hasOwn(input.shape, base) ? input.shape[base] : undefined
    const form = schema === undefined ? 'value' : queryForm(schema)
    const value = values.length > 1 || form === 'list' ? values : values[0]
    if (inner === undefined) read.set(name, form === 'json' ? parsed(value) : value)
    else if (form !== 'fields') read.set(name, value)
    else read.set(base, Object.fromEntries([...fieldsOf(read.get(base)), [inner, value]]))
  }
  return [...read].map(([name, value]) => {
    const schema = Object.hasOwn(input.shape, name) ? input.shape[name] : undefined
    return [name, schema === undefined ? value : plain(schema, value, 'text')]
  })
}

const fieldsOf = (value: unknown) => (isRecord(value) ? Object.entries(value) : [])

function parsed(value: unknown): unknown {
  try {
    return JSON.parse(String(value))
  } catch {
    return value
  }
}

const MOMENT = z.iso.datetime({ offset: true })

/**
 * JSON has no dates, and a query has nothing but text: makes of a value what its schema asks for, where it is written so.
 * The schema judges what comes out, and is not changed: RPC stays as strict as it is.
 */
export function plain(schema: z.core.$ZodType, value: unknown, from: 'json' | 'text'): unknown {
  if (schema instanceof z.ZodNullable && from === 'text' && value === 'null') return null
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return plain(schema.unwrap(), value, from)
  if (schema instanceof z.ZodPipe) return plain(schema.in, value, from)
  if (schema instanceof z.ZodDate) return MOMENT.safeParse(value).success ? new Date(String(value)) : value
  if (schema instanceof z.ZodUnion) {
    const read = schema.options.map((option) => ({ option, value: plain(option, value, from) }))
    return (read.find(({ option, value }) => z.safeParse(option, value).success) ?? { value }).value
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) return value.map((one) => plain(schema.element, one, from))
  if (schema instanceof z.ZodObject && isRecord(value)) {
    return mapFields(value, (name, one) =>
      Object.hasOwn(schema.shape, name) ? plain(schema.shape[name], one, from) : one,
    )
  }
  if (schema instanceof z.ZodRecord && isRecord(value))
    return mapFields(value, (_, one) => plain(schema.valueType, one, from))
  return from === 'text' && typeof value === 'string' ? ofText(schema, value) : value
}

function ofText(schema: z.core.$ZodType, text: string): unknown {
  if (schema instanceof z.ZodNumber) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (schema instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text
  if (schema instanceof z.ZodLiteral) return [...schema.values].find((value) => String(value) === text) ?? text
  return text
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Built by definition, not assignment: a field of the name `__proto__` stays a field, and is refused as one. */
const mapFields = (record: Record<string, unknown>, map: (name: string, value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(name, value)]))
