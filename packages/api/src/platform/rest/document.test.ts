import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { names } from '../../names.ts'
import { appRouter } from '../../runtime.ts'
import type { Meta } from '../trpc.ts'
import { documentOf } from './document.ts'
import { routesOf } from './table.ts'

const routes = routesOf(appRouter)
// A validator and a reader of JSON: what it holds is looked at, not known beforehand.
// biome-ignore lint/suspicious/noExplicitAny: a document is any JSON until the validator has seen it
const document = documentOf(routes, names, { secureCookies: true }) as any

test('the document is OpenAPI 3.1', async () => {
  const validator = new Validator()
  expect(await validator.validate(document)).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
})

test('every procedure is a resource, but for streams', () => {
  // At run time tRPC keeps the procedures in one flat record by path.
  const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { meta: Meta } }>)
  const without = procedures.flatMap(([path, { _def }]) => {
    const { rest } = _def.meta
    return rest !== undefined && typeof rest === 'object' && 'none' in rest ? [`${path}: ${rest.none}`] : []
  })
  expect(without).toEqual(['order.watch: A stream of events is not a resource: ask again instead.'])
  const routed = new Set(routes.map(({ procedure }) => procedure))
  expect(procedures.map(([path]) => path).filter((path) => !routed.has(path))).toEqual(['order.watch'])
})

test('no two routes answer the same request, and none hides another', () => {
  const forms = routes.map(({ method, form }) => `${method} ${form}`)
  expect(forms.filter((form, index) => forms.indexOf(form) !== index)).toEqual([])
})

test('one resource has one path, whatever its procedures call the parts of it', () => {
  const forms = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'))
  expect(new Set(forms).size).toBe(forms.length)
})

test('queries are read with GET, and nothing that changes the shop is', () => {
  expect(routes.filter(({ method, type }) => (method === 'GET') !== (type === 'query'))).toEqual([])
})

test('every body has a name, every refusal its reason, and every change a place for its key', () => {
  for (const { form, method, type, meta, status } of routes) {
    const path = Object.keys(document.paths).find((path) => path.replaceAll(/\{\w+\}/g, '{}') === form) ?? ''
    const operation = document.paths[path][method.toLowerCase()]
    const body = operation.requestBody?.content['application/json'].schema
    if (body !== undefined) expect(body).toEqual({ $ref: expect.any(String) })
    const keys = operation.parameters.filter((one: { name: string }) => one.name === 'Idempotency-Key')
    expect(keys.length).toBe(type === 'mutation' ? 1 : 0)
    const told = JSON.stringify(operation.responses)
    for (const { reason } of meta.errors) {
      const name = reason.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
      expect(told).toContain(`#/components/schemas/${name}Problem`)
      expect(document.components.schemas[`${name}Problem`].properties.reason.const).toBe(reason)
    }
    expect(Object.keys(operation.responses)).toContain(String(status))
  }
})

test('who has to sign in is told how', () => {
  expect(document.paths['/users'].get.security).toEqual([{ bearer: [] }, { session: [] }])
  expect(document.paths['/products'].get.security).toContainEqual({})
  expect(document.components.securitySchemes).toMatchObject({
    bearer: { type: 'http', scheme: 'bearer' },
    session: { type: 'apiKey', in: 'cookie', name: '__Host-sid' },
  })
})
