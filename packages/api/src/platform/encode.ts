import { z } from 'zod'

/**
 * Writes a value of a schema as superjson would, `{"json":…,"meta":…}`, in one pass. Undefined for a value it does not take:
 * then superjson and the schema itself have to say what it is.
 */
export type Encode = (value: unknown) => string | undefined

/** Writes one value; notes at which paths dates are. Throws {@link UNFIT} for what the schema does not hold. */
type Write = (value: unknown, path: string, dates: string[]) => string

const UNFIT = Symbol('not a value of the schema')

/**
 * An encoder made from an output schema. It checks types and leaves out what the schema does not name, which is all that
 * `parse` does to a view; superjson walks the value once more, ten times slower, to find out what the schema knows. Undefined
 * where the schema holds what only its own `parse` can answer for.
 */
export function encoderOf(schema: z.ZodType): Encode | undefined {
  const write = writerOf(schema)
  if (write === undefined) return undefined
  return (value) => {
    const dates: string[] = []
    try {
      const json = write(value, '', dates)
      if (dates.length === 0) return `{"json":${json}}`
      // The value itself is a date: superjson names it without a path.
      const values = dates[0] === '' ? '["Date"]' : `{${dates.map((path) => `${quote(path)}:["Date"]`).join(',')}}`
      return `{"json":${json},"meta":{"values":${values},"v":1}}`
    } catch (error) {
      if (error === UNFIT) return undefined
      throw error
    }
  }
}

const quote = (text: string): string => JSON.stringify(text)
const join = (path: string, key: string | number): string => (path === '' ? `${key}` : `${path}.${key}`)
const unfit = (): never => {
  throw UNFIT
}

/** Whether the schema only looks at a value; some change it (`trim`). */
const isAsGiven = ({ _zod: { def } }: z.core.$ZodType): boolean =>
  def.checks === undefined || def.checks.every((check) => check._zod.def.check !== 'overwrite')

function writerOf(schema: z.core.$ZodType): Write | undefined {
  if (!isAsGiven(schema)) return undefined
  if (schema instanceof z.ZodObject) return objectWriter(schema)
  if (schema instanceof z.ZodArray) return arrayWriter(schema)
  if (schema instanceof z.ZodNullable) return orNull(writerOf(schema.def.innerType))
  // What is missing is given its default by the schema's own parse.
  if (schema instanceof z.ZodDefault) return writerOf(schema.def.innerType)
  if (schema instanceof z.ZodRecord) return recordWriter(schema)
  if (schema instanceof z.ZodUnion) return unionWriter(schema)
  if (schema instanceof z.ZodString || schema instanceof z.ZodTemplateLiteral || schema instanceof z.ZodEnum)
    return text
  if (schema instanceof z.ZodStringFormat) return text
  if (schema instanceof z.ZodNumber) return number
  if (schema instanceof z.ZodBoolean) return boolean
  if (schema instanceof z.ZodDate) return date
  if (schema instanceof z.ZodLiteral) return literalWriter(schema)
  return undefined
}

const text: Write = (value) => (typeof value === 'string' ? quote(value) : unfit())
const boolean: Write = (value) => (typeof value === 'boolean' ? `${value}` : unfit())
/** Minus zero has a note of its own in superjson. */
const number: Write = (value) => (Number.isFinite(value) && !Object.is(value, -0) ? `${value}` : unfit())
const date: Write = (value, path, dates) => {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return unfit()
  dates.push(path)
  return `"${value.toISOString()}"`
}

const orNull = (write: Write | undefined): Write | undefined =>
  write && ((value, path, dates) => (value === null ? 'null' : write(value, path, dates)))

function literalWriter({ def }: z.ZodLiteral): Write | undefined {
  const known = new Map(def.values.map((value) => [value, JSON.stringify(value)]))
  if (def.values.some((value) => !['string', 'number', 'boolean'].includes(typeof value))) return undefined
  return (value) => known.get(value as z.core.util.Literal) ?? unfit()
}

function objectWriter(schema: z.ZodObject): Write | undefined {
  const fields = Object.entries(schema.shape).map(([key, field]) => ({ key, write: writerOf(field) }))
  const strict = schema.def.catchall instanceof z.ZodNever
  if (schema.def.catchall !== undefined && !strict) return undefined
  // A key with a dot or a backslash is written another way in paths.
  if (fields.some(({ key, write }) => write === undefined || /[.\\]/.test(key))) return undefined
  const named = fields.map(({ key, write = unfit }, index) => ({
    key,
    write,
    lead: `${index === 0 ? '' : ','}${quote(key)}:`,
  }))
  const keys = new Set(Object.keys(schema.shape))
  return (value, path, dates) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return unfit()
    const record = value as Readonly<Record<string, unknown>>
    if (strict && Object.keys(record).some((key) => !keys.has(key))) return unfit()
    let json = '{'
    for (const { key, write, lead } of named) json += lead + write(record[key], join(path, key), dates)
    return `${json}}`
  }
}

function arrayWriter(schema: z.ZodArray): Write | undefined {
  const write = writerOf(schema.def.element)
  return (
    write &&
    ((value, path, dates) =>
      Array.isArray(value)
        ? `[${Array.from(value, (item, index) => write(item, join(path, index), dates)).join(',')}]`
        : unfit())
  )
}

/** Names that superjson refuses. */
const REFUSED = new Set(['__proto__', 'constructor', 'prototype'])

/** Records whose values hold no dates: a key of theirs is anything, and paths would have to be escaped. */
function recordWriter(schema: z.ZodRecord): Write | undefined {
  const { keyType, valueType } = schema.def
  const write = keyType instanceof z.ZodString && isAsGiven(keyType) ? writerOf(valueType) : undefined
  return (
    write &&
    ((value, _path, dates) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return unfit()
      const before = dates.length
      const entries = Object.entries(value).map(([key, item]) => `${quote(key)}:${write(item, key, dates)}`)
      const isOrdinary = dates.length === before && !Object.keys(value).some((key) => REFUSED.has(key))
      return isOrdinary ? `{${entries.join(',')}}` : unfit()
    })
  )
}

const isPlain = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodArray
    ? isPlain(schema.def.element)
    : [text, number, boolean].includes(writerOf(schema) ?? unfit) || schema instanceof z.ZodLiteral

/** The first of its kinds that takes the value, as the schema's own parse finds it. */
function unionWriter(schema: z.ZodUnion): Write | undefined {
  const writers = schema.def.options.map(writerOf)
  if (writers.includes(undefined)) return undefined
  // Objects that share fields could be taken for one another; what is simpler cannot.
  if (!schema.def.options.every(isPlain)) return undefined
  return (value, path, dates) => {
    const before = dates.length
    for (const write of writers) {
      dates.length = before
      try {
        if (write !== undefined) return write(value, path, dates)
      } catch (error) {
        if (error !== UNFIT) throw error
      }
    }
    return unfit()
  }
}
