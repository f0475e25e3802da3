import { nasty } from '@barrow/dev/bad-input'
import fc from 'fast-check'
import { z } from 'zod'

type Json = z.core.JSONSchema.BaseSchema

/** Things that are there, by the kind of their ids: so that an input gets further than to a `not_found`. */
export type Real = Readonly<Record<string, readonly string[]>>

/** Inputs in the shape that a schema asks for, as far as JSON Schema tells; the rest is for the schema to refuse. */
export function shaped(schema: z.ZodType, real: Real): fc.Arbitrary<unknown> {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'Date' })
    },
  })
  return ofJson(json, real)
}

/** Such an input with something wrong in it: a part replaced by what nobody should send, left out, or doubled in a list. */
export const spoilt = (schema: z.ZodType, real: Real): fc.Arbitrary<unknown> =>
  fc
    .tuple(shaped(schema, real), fc.nat(), fc.oneof(fc.constantFrom(...nasty), fc.anything(), fc.constant(LEFT_OUT)))
    .map(([value, where, wrong]) => replaced(value, where, wrong))

const LEFT_OUT = Symbol('left out')

/** A value with the part at a place counted from its root replaced. */
function replaced(value: unknown, where: number, by: unknown): unknown {
  const fields = typeof value === 'object' && value !== null && !(value instanceof Date) ? Object.entries(value) : []
  if (fields.length === 0 || where % 8 === 0) return by === LEFT_OUT ? undefined : by
  const at = Math.floor(where / 8) % fields.length
  const changed = fields.map(([name, part], index): [string, unknown] =>
    index === at ? [name, replaced(part, Math.floor(where / 64), by)] : [name, part],
  )
  const kept = changed.filter(([, part]) => part !== undefined)
  return Array.isArray(value) ? kept.map(([, part]) => part) : Object.fromEntries(kept)
}

function ofJson(schema: Json | boolean, real: Real): fc.Arbitrary<unknown> {
  if (typeof schema === 'boolean') return fc.jsonValue()
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const options = schema.anyOf ?? schema.oneOf
  if (options) return fc.oneof(...options.map((option) => ofJson(option, real)))
  switch (schema.type) {
    case 'string':
      return ofText(schema, real)
    case 'integer':
      return fc.integer(bounds(schema))
    case 'number':
      return fc.double({ ...bounds(schema), noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return ofList(schema, real)
    case 'object':
      return ofFields(schema, real)
    default:
      return fc.jsonValue()
  }
}

const bounds = ({ minimum = -(2 ** 31), maximum = 2 ** 31 - 1 }: Json) => ({
  min: minimum,
  max: Math.max(minimum, maximum),
})

function ofText(schema: Json, real: Real): fc.Arbitrary<unknown> {
  if (schema.format === 'Date')
    return fc.date({ min: new Date(-8.64e15), max: new Date(8.64e15), noInvalidDate: false })
  const kind = schema.pattern?.match(/^\^([a-z]+)_/)?.[1]
  const there = kind === undefined ? [] : (real[kind] ?? [])
  if (kind !== undefined) return fc.constantFrom(...there, ...there, `${kind}_${'0'.repeat(26)}`)
  if (schema.format === 'email') return fc.constantFrom('fuzz@example.com', 'ADMIN@example.com', 'x@y.example')
  if (schema.pattern === '^[A-Z]{3}$') return fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'XXX')
  if (schema.pattern === '^[A-Z]{2}$') return fc.constantFrom('DE', 'US', 'XX')
  const length = {
    minLength: schema.minLength ?? 0,
    maxLength: Math.max(schema.minLength ?? 0, Math.min(schema.maxLength ?? 50, 300)),
  }
  return fc.oneof(
    fc.string({ ...length, unit: 'binary' }),
    fc.string(length),
    fc.constantFrom('a-slug', 'lamp', '1', '%', '\\', "'; drop table product; --", '_', 'İ', '\u0000', '\ud800'),
  )
}

function ofList(schema: Json, real: Real): fc.Arbitrary<unknown> {
  const one =
    typeof schema.items === 'object' && !Array.isArray(schema.items) ? ofJson(schema.items, real) : fc.jsonValue()
  const minLength = schema.minItems ?? 0
  return fc.array(one, { minLength, maxLength: Math.max(minLength, Math.min(schema.maxItems ?? 4, 4)) })
}

function ofFields(schema: Json, real: Real): fc.Arbitrary<unknown> {
  const rest = schema.additionalProperties
  if (schema.properties === undefined && typeof rest === 'object')
    return fc.dictionary(fc.string({ maxLength: 20 }), ofJson(rest, real))
  const fields = Object.entries(schema.properties ?? {}).map(([name, value]): [string, fc.Arbitrary<unknown>] => [
    name,
    ofJson(value, real),
  ])
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...(schema.required ?? [])] })
}
