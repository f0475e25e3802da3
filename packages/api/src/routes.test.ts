import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Meta } from './platform/trpc.ts'
import { appRouter } from './runtime.ts'

// At run time tRPC keeps the procedures in one flat record by path; its types show them nested, for callers.
const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { type: string; meta: Required<Meta> } }>,
).map(([path, { _def }]) => ({ path, type: _def.type, ...(_def.meta as Required<Meta>) }))

type Json = z.core.JSONSchema.BaseSchema

const jsonOf = (schema: z.ZodType, io: 'input' | 'output'): Json =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' })

/** Every schema inside a schema, with the path of fields to it. */
function* walk(schema: Json, path = ''): Generator<{ path: string; schema: Json }> {
  yield { path, schema }
  for (const [name, value] of Object.entries(schema.properties ?? {})) {
    if (typeof value === 'object') yield* walk(value, path === '' ? name : `${path}.${name}`)
  }
  const inside = [
    schema.items,
    schema.additionalProperties,
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? []),
  ]
  for (const value of inside.flat()) if (typeof value === 'object') yield* walk(value, path)
}

test.each(procedures.map(({ path, input }) => ({ path, input })))(
  '$path takes nothing without a bound',
  ({ input }) => {
    const unbounded = [...walk(jsonOf(input, 'input'))].flatMap(({ path, schema }) => {
      if (
        schema.type === 'string' &&
        !schema.enum &&
        schema.const === undefined &&
        !schema.pattern &&
        !schema.maxLength
      )
        return [`${path}: string`]
      if (schema.type === 'array' && schema.maxItems === undefined) return [`${path}: array`]
      if (schema.type === 'number' && (schema.maximum === undefined || schema.minimum === undefined))
        return [`${path}: number`]
      if (schema.type === 'object' && schema.additionalProperties === undefined) return [`${path}: takes unknown keys`]
      return []
    })
    expect(unbounded).toEqual([])
  },
)

const PERSONAL = /^(email|phone|line1|line2|city|postalCode|ip|userAgent)$/

test('no answer kept for a repeat holds anything personal', () => {
  const leaks = procedures
    .filter(({ type, repeat }) => type === 'mutation' && repeat === 'stored')
    .flatMap(({ path, output }) =>
      [...walk(jsonOf(output, 'output'))]
        .filter((field) => PERSONAL.test(field.path.split('.').at(-1) ?? ''))
        .map((field) => `${path}: ${field.path}`),
    )
  expect(leaks).toEqual([])
})

test('a reason means the same wherever it is declared', () => {
  const meanings = Map.groupBy(
    procedures.flatMap(({ errors }) => errors),
    ({ reason }) => reason,
  )
  const ambiguous = [...meanings].filter(([, reasons]) => new Set(reasons).size > 1).map(([reason]) => reason)
  expect(ambiguous).toEqual([])
})

test('every procedure says in a sentence what it is for', () => {
  expect(procedures.filter(({ summary }) => !/^[A-Z].+\.$/.test(summary)).map(({ path }) => path)).toEqual([])
})

const shop = await testShop()

test('a migrated database has exactly the schema of the entities', async () => {
  expect(await shop.runtime.orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('')
})
