import { z } from 'zod'

type Json = z.core.JSONSchema.BaseSchema

/** What no field should choke on: wrong types, edges of numbers, text that databases and parsers stumble over. */
export const nasty: readonly unknown[] = [
  undefined,
  null,
  true,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  -1,
  0,
  0.1,
  1e21,
  2 ** 31,
  2 ** 53,
  10n ** 30n,
  '',
  ' ',
  '  ',
  '1',
  'a\0b',
  '\ud800',
  '%00',
  "'; drop table product; --",
  '$ne',
  '__proto__',
  '<script>alert(1)</script>',
  'x\r\nBcc: y@example.com',
  'e\u0301'.repeat(500),
  'x'.repeat(70_000),
  [],
  [[]],
  Array.from({ length: 1000 }, () => 0),
  {},
  { $ne: null },
  JSON.parse('{"__proto__":{"admin":true}}'),
  new Date(Number.NaN),
  new Date(-8.64e15),
  new Date(8.64e15),
  new Map([['a', 1]]),
]

/** A value that a schema should take, as far as its bounds tell. */
export function sampleOf(schema: z.ZodType): unknown {
  return sample(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}

function sample(schema: Json | boolean): unknown {
  if (typeof schema === 'boolean') return {}
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const union = schema.anyOf ?? schema.oneOf
  if (union?.[0] !== undefined) return sample(union[0])
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'string':
      return sampleText(schema)
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return false
    case 'array':
      return typeof schema.items === 'object' && !Array.isArray(schema.items) ? [sample(schema.items)] : []
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, value]) => [name, sample(value)]))
    default:
      return null
  }
}

function sampleText(schema: Json): string {
  const id = schema.pattern?.match(/^\^([a-z-]+_)/)?.[1]
  if (id !== undefined) return `${id}${'0'.repeat(26)}`
  if (schema.pattern?.includes('[A-Z]{3}')) return 'EUR'
  if (schema.pattern?.includes('[A-Z]{2}')) return 'DE'
  if (schema.format === 'email') return 'someone@example.com'
  if (schema.format === 'uri') return 'https://example.com/x.png'
  return 'x'.repeat(Math.max(schema.minLength ?? 0, 3))
}

/** Copies of a value with one leaf or branch replaced by each nasty value. */
export function* mutations(value: unknown): Generator<unknown> {
  yield* nasty
  if (Array.isArray(value)) {
    for (const changed of mutations(value[0])) yield [changed]
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) {
      for (const changed of mutations(field)) yield { ...value, [name]: changed }
    }
  }
}
