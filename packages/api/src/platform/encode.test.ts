import fc from 'fast-check'
import superjson from 'superjson'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { appRouter } from '../runtime.ts'
import { encoderOf } from './encode.ts'

/** Values of a schema, with keys in any order and some that it does not name. */
function valuesOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodObject) {
    const fields = Object.fromEntries(Object.entries(schema.shape).map(([key, field]) => [key, valuesOf(field)]))
    const strict = schema.def.catchall instanceof z.ZodNever
    return strict ? fc.record(fields) : fc.record({ ...fields, notNamed: fc.anything() })
  }
  if (schema instanceof z.ZodArray) return fc.array(valuesOf(schema.def.element), { maxLength: 3 })
  if (schema instanceof z.ZodNullable) return fc.option(valuesOf(schema.def.innerType))
  if (schema instanceof z.ZodDefault) return fc.option(valuesOf(schema.def.innerType), { nil: undefined })
  if (schema instanceof z.ZodRecord) return fc.dictionary(fc.string(), valuesOf(schema.def.valueType))
  if (schema instanceof z.ZodUnion) return fc.oneof(...schema.def.options.map(valuesOf))
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.def.values)
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...Object.values(schema.def.entries))
  if (schema instanceof z.ZodNumber) return numbersOf(schema)
  if (schema instanceof z.ZodBoolean) return fc.boolean()
  if (schema instanceof z.ZodDate) return fc.date()
  return textsOf(schema)
}

function numbersOf({ minValue, maxValue }: z.ZodNumber): fc.Arbitrary<number> {
  const min = Math.max(minValue ?? Number.NEGATIVE_INFINITY, -(2 ** 31))
  const max = Math.min(maxValue ?? Number.POSITIVE_INFINITY, 2 ** 31 - 1)
  return fc.oneof({ weight: 99, arbitrary: fc.integer({ min, max }) }, fc.constantFrom(-0, Number.NaN, 1e21, 0.1))
}

/** Mostly what the schema takes. */
function textsOf(schema: z.core.$ZodType): fc.Arbitrary<string> {
  const anything = fc.string({ unit: 'binary' })
  const taken = ['DE', 'EUR', '0'.repeat(64), '"a" \\ line'].filter((text) => z.safeParse(schema, text).success)
  if (taken.length > 0) return fc.oneof({ weight: 19, arbitrary: fc.constantFrom(...taken) }, anything)
  const { pattern } = schema._zod
  return pattern === undefined ? anything : fc.stringMatching(new RegExp(pattern.source, pattern.flags))
}

/** What superjson makes of a value that the schema takes; undefined for what it does not. */
function slowly(schema: z.ZodType, value: unknown): string | undefined {
  const parsed = schema.safeParse(value)
  if (!parsed.success) return undefined
  try {
    return superjson.stringify(parsed.data)
  } catch {
    // A field that is named like a part of JavaScript's own objects.
    return undefined
  }
}

interface Procedure {
  readonly _def: { readonly meta: { readonly output: z.ZodType } }
}
// The router's type keeps the schemas out, for the sake of clients; its procedures have them.
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>)

test.each(procedures)('%s is encoded as superjson would', (_, { _def: { meta } }) => {
  const encode = encoderOf(meta.output)
  if (encode === undefined) return
  let compared = 0
  fc.assert(
    fc.property(valuesOf(meta.output), (value) => {
      const slow = slowly(meta.output, value)
      const fast = encode(value)
      if (slow === undefined || fast === undefined) return
      expect(fast).toBe(slow)
      compared += 1
    }),
    { numRuns: 50 },
  )
  expect(compared).toBeGreaterThan(0)
})

test('nearly every answer has an encoder', () => {
  const without = procedures.flatMap(([name, { _def }]) => (encoderOf(_def.meta.output) === undefined ? [name] : []))
  expect(without).toEqual(['user.exportMine', 'user.export', 'audit.list', 'event.list'])
})

const View = z.object({
  name: z.string(),
  at: z.date().nullable(),
  sizes: z.array(z.object({ n: z.number() })),
  more: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
})

test.each<[string, unknown]>([
  ['dates in lists', { name: 'a', at: new Date(0), sizes: [{ n: 1 }], more: {} }],
  ['what JSON escapes', { name: '"\\\n\u2028\ud800', at: null, sizes: [], more: { 'a.b': ['"'] } }],
  ['what is not named', { name: 'a', secret: 'x', at: null, sizes: [{ n: 1, secret: 'x' }], more: {} }],
])('%s are written as superjson writes them', (_, value) => {
  expect(encoderOf(View)?.(value)).toBe(slowly(View, value))
})

test.each<[string, unknown]>([
  ['a missing field', { name: 'a', sizes: [], more: {} }],
  ['a wrong type', { name: 1, at: null, sizes: [], more: {} }],
  ['a default', { name: 'a', at: null, sizes: [] }],
  ['minus zero', { name: 'a', at: null, sizes: [{ n: -0 }], more: {} }],
  ['no number', { name: 'a', at: null, sizes: [{ n: Number.NaN }], more: {} }],
  ['a name that superjson refuses', { name: 'a', at: null, sizes: [], more: { prototype: 'b' } }],
  ['no date', { name: 'a', at: new Date(Number.NaN), sizes: [], more: {} }],
])('%s is left to the schema', (_, value) => {
  expect(encoderOf(View)?.(value)).toBeUndefined()
})
