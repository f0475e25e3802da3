import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { appRouter } from '../../runtime.ts'
import { serve } from '../../serve.ts'
import type { Actor } from '../actor.ts'
import { common } from '../errors.ts'
import { createHttp } from '../http/server.ts'
import { query, router } from '../trpc.ts'

const shop = await testShop({ env: { CORS_ORIGINS: 'https://shop.example.com' } })
const admin: Actor = { kind: 'system', name: 'test' }
const open = [serve(shop.runtime), createHttp(shop.runtime, { router: appRouter, authenticate: async () => admin })]
let anybody = ''
let trusted = ''
beforeAll(async () => {
  const [one = '', other = ''] = await Promise.all(
    open.map(async (server) => `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}/rest/v1`),
  )
  anybody = one
  trusted = other
})
afterAll(() => Promise.all(open.map((server) => server.close())))

interface Asked {
  method?: string
  headers?: Record<string, string>
  json?: unknown
  body?: string | Uint8Array<ArrayBuffer>
}

async function ask(url: string, { method = 'GET', headers = {}, body, ...asked }: Asked = {}) {
  const type = asked.json === undefined ? {} : { 'Content-Type': 'application/json' }
  const sent = asked.json === undefined ? body : JSON.stringify(asked.json)
  const answer = await fetch(url, {
    method,
    headers: { ...type, ...headers },
    ...(sent === undefined ? {} : { body: sent }),
  })
  const text = await answer.text()
  // biome-ignore lint/suspicious/noExplicitAny: what JSON an answer holds is what the tests look at
  const json: any = text === '' ? undefined : JSON.parse(text)
  return { status: answer.status, headers: answer.headers, text, json }
}

const category = (slug: string) => ({ slug, name: 'Name' })

test('what is made answers 201 and where it is found, and is gone with 204', async () => {
  const made = await ask(`${trusted}/categories`, { method: 'POST', json: category('made') })
  expect(made).toMatchObject({ status: 201, json: { slug: 'made', parentId: null } })
  const location = made.headers.get('location') ?? ''
  expect(location).toBe(`/rest/v1/categories/${made.json.id}`)
  const url = new URL(location, trusted).href
  expect(await ask(url)).toMatchObject({ status: 200, json: made.json })
  expect(await ask(`${trusted}/categories/by-slug/made`)).toMatchObject({ status: 200, json: made.json })
  expect(await ask(url, { method: 'PATCH', json: { name: 'Other' } })).toMatchObject({
    status: 200,
    json: { ...made.json, name: 'Other' },
  })
  expect(await ask(url, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' })
  expect(await ask(url)).toMatchObject({ status: 404, json: { reason: 'category_not_found' } })
})

test('every refusal is a problem with a reason, its details and the id of the request', async () => {
  const answer = await ask(`${trusted}/categories/by-slug/none`)
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(answer.json).toEqual({
    type: 'urn:barrow:problem:category_not_found',
    title: 'There is no such category.',
    status: 404,
    reason: 'category_not_found',
    details: {},
    requestId: expect.stringMatching(/^[0-9a-z]{26}$/),
  })
})

test('each way to ask wrongly has its code', async () => {
  const post = { method: 'POST' }
  const type = { 'Content-Type': 'application/json' }
  const { id } = (await ask(`${trusted}/categories`, { ...post, json: category('taken') })).json
  const asked: [number, string, string, Asked?][] = [
    [400, 'bad_request', `${trusted}/categories`, { ...post, headers: type, body: '{"slug":' }],
    [400, 'bad_request', `${trusted}/categories`, { ...post, headers: type, body: Uint8Array.of(123, 255, 125) }],
    [
      400,
      'idempotency_key_required',
      `${trusted}/orders`,
      { ...post, json: { cartId: `cart_${'0'.repeat(26)}`, quote: 'q', paymentMethod: 'm' } },
    ],
    [401, 'unauthenticated', `${anybody}/users`],
    [403, 'forbidden', `${trusted}/carts`, { ...post, json: { currency: 'EUR' } }],
    [404, 'no_such_procedure', `${anybody}/nothing`],
    [404, 'no_such_procedure', `${anybody}/users/`],
    [404, 'no_such_procedure', `${anybody}/users/%ff`],
    [405, 'bad_request', `${anybody}/categories`, { method: 'PUT', json: {} }],
    [409, 'slug_taken', `${trusted}/categories`, { ...post, json: category('taken') }],
    [413, 'bad_request', `${anybody}/carts`, { ...post, json: { currency: 'x'.repeat(70_000) } }],
    [414, 'bad_request', `${anybody}/products?currency=${'x'.repeat(9_000)}`],
    [415, 'bad_request', `${anybody}/carts`, { ...post, headers: { 'Content-Type': 'text/plain' }, body: '{}' }],
    [415, 'bad_request', `${anybody}/carts`, { ...post, headers: { ...type, 'Content-Encoding': 'gzip' }, body: '{}' }],
    [422, 'invalid_input', `${anybody}/carts`, { ...post, json: { currency: 'euro' } }],
    [422, 'invalid_input', `${anybody}/carts`, { ...post, json: [] }],
    [422, 'invalid_input', `${anybody}/carts`, post],
    [422, 'invalid_input', `${trusted}/categories/${id}`, { method: 'PATCH', json: { id } }],
    [422, 'invalid_input', `${trusted}/categories/${id}`, { method: 'PATCH', json: { colour: 'red' } }],
    [422, 'invalid_input', `${trusted}/categories/${id}?name=x`, { method: 'PATCH', json: {} }],
    [
      422,
      'invalid_input',
      `${trusted}/categories/${id}`,
      { method: 'PATCH', json: {}, headers: { 'Idempotency-Key': 'short' } },
    ],
  ]
  for (const [status, reason, url, how] of asked) {
    const answer = await ask(url, how)
    expect({ url, how, status: answer.status, reason: answer.json.reason }).toEqual({ url, how, status, reason })
    expect(answer.json.status).toBe(status)
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'/)
  }
  expect((await ask(`${anybody}/users`)).headers.get('www-authenticate')).toBe('Bearer')
})

test('who was too fast is told when to come back, and a bug says nothing', async () => {
  const open = { access: 'public', summary: 'Fails.', input: z.strictObject({}), output: z.object({}) } as const
  const failing = router({
    fast: query({ ...open, rest: 'GET /fast' }, async () => {
      throw common.rateLimited({ retryAfterSeconds: 7 })
    }),
    bug: query({ ...open, rest: 'GET /bug' }, async () => {
      throw new Error('select secret from /srv/app')
    }),
  })
  await using server = createHttp(shop.runtime, { router: failing, authenticate: async () => admin })
  const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}/rest/v1`
  const fast = await ask(`${url}/fast`)
  expect(fast).toMatchObject({ status: 429, json: { reason: 'rate_limited', details: { retryAfterSeconds: 7 } } })
  expect(fast.headers.get('retry-after')).toBe('7')
  const bug = await ask(`${url}/bug`)
  expect(bug).toMatchObject({ status: 500, json: { reason: 'internal', title: 'Something went wrong on our side.' } })
  expect(bug.text).not.toMatch(/secret|srv/)
})

test('an address says which methods it has, and HEAD is GET without the body', async () => {
  const other = await ask(`${anybody}/carts/current`, { method: 'POST', json: {} })
  expect(other).toMatchObject({ status: 405 })
  expect(other.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  const options = await ask(`${anybody}/categories`, { method: 'OPTIONS' })
  expect(options).toMatchObject({ status: 204, text: '' })
  expect(options.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
  const get = await ask(`${anybody}/categories`)
  const head = await ask(`${anybody}/categories`, { method: 'HEAD' })
  expect(head).toMatchObject({ status: 200, text: '' })
  for (const name of ['content-length', 'content-type']) expect(head.headers.get(name)).toBe(get.headers.get(name))
  expect(await ask(`${anybody}/users`, { method: 'HEAD' })).toMatchObject({ status: 401, text: '' })
})

test('a page of an allowed origin may use every method, and another none with its visitor’s cookies', async () => {
  const preflight = { Origin: 'https://shop.example.com', 'Access-Control-Request-Method': 'PATCH' }
  const allowed = await ask(`${anybody}/carts/x`, { method: 'OPTIONS', headers: preflight })
  expect(allowed.headers.get('access-control-allow-methods')).toMatch(/PATCH/)
  const cookie = { Cookie: `barrow-guest=bg_${'a'.repeat(43)}` }
  for (const method of ['PATCH', 'DELETE']) {
    const evil = { ...cookie, Origin: 'https://evil.example.com' }
    const answer = await ask(`${anybody}/carts/cart_${'0'.repeat(26)}`, {
      method,
      headers: evil,
      ...(method === 'PATCH' && { json: {} }),
    })
    expect(answer).toMatchObject({ status: 403, json: { reason: 'forbidden' } })
  }
})

test('a query is read as its procedure’s input, and what is wrong in it is named', async () => {
  const { variantIds, productId } = await goods(shop, { variants: 3, onHand: 5 })
  const list = (query: string) => ask(`${trusted}/products?currency=EUR&${query}`)
  expect((await list('limit=1&price[min]=1999&price[max]=1999&available=true&count=exact')).json.rows).toMatchObject([
    { id: productId },
  ])
  expect((await list('price[min]=2000')).json.rows).toEqual([])
  expect((await list(`attributes=${encodeURIComponent('[{"name":"material","value":"wool"}]')}`)).json.rows).toEqual([])
  const stock = await ask(`${trusted}/stock?variantIds=${variantIds[0]}&variantIds=${variantIds[1]}&tracked=true`)
  expect(stock.json.rows).toHaveLength(2)
  expect((await ask(`${trusted}/stock?variantIds=${variantIds[0]}`)).json.rows).toHaveLength(1)
  expect((await ask(`${trusted}/categories?parentId=null`)).status).toBe(200)
  expect(
    (await ask(`${trusted}/admin/orders?from=2020-01-01T00:00:00Z&until=2020-02-01T00:00:00%2B01:00`)).json.rows,
  ).toEqual([])
  const wrong = 'limit=many&price[min]=cheap&available=maybe&attributes=wool&sort=best&sort=worst&colour=red'
  expect((await list(wrong)).json.details.fields.map(({ path }: { path: string }) => path).sort()).toEqual([
    ...['attributes', 'available', 'colour', 'limit', 'price.min', 'sort'],
  ])
  expect(await ask(`${trusted}/admin/orders?from=yesterday`)).toMatchObject({
    status: 422,
    json: { details: { fields: [{ path: 'from' }] } },
  })
})

test('REST and RPC stay as strict as they were beside each other', async () => {
  await ask(`${trusted}/categories?limit=5`)
  const input = encodeURIComponent(JSON.stringify({ json: { limit: '5' } }))
  const url = `${trusted.replace('/rest/v1', '/trpc')}/category.list?input=${input}`
  expect((await fetch(url)).status).toBe(400)
  expect(
    await ask(`${trusted}/categories`, { method: 'POST', json: { ...category('text'), position: '1' } }),
  ).toMatchObject({
    status: 422,
    json: { details: { fields: [{ path: 'position' }] } },
  })
})

test('a call made twice under one key acts once, and over RPC it is the same call', async () => {
  const headers = { 'Idempotency-Key': 'one-category-only' }
  const json = category('once')
  const first = await ask(`${trusted}/categories`, { method: 'POST', headers, json })
  const again = await ask(`${trusted}/categories`, { method: 'POST', headers, json })
  expect(again).toMatchObject({ status: 201, json: first.json })
  const rpc = await ask(`${trusted.replace('/rest/v1', '/trpc')}/category.create`, {
    method: 'POST',
    headers,
    json: { json },
  })
  expect(rpc.json.result.data.json).toEqual(first.json)
  expect(await ask(`${trusted}/categories`, { method: 'POST', headers, json: category('other') })).toMatchObject({
    status: 409,
    json: { reason: 'idempotency_key_reused' },
  })
})

test('a field by the name of a prototype is a field, and is refused', async () => {
  const body = '{"slug":"p","name":"P","__proto__":{"polluted":true}}'
  const headers = { 'Content-Type': 'application/json' }
  expect(await ask(`${trusted}/categories`, { method: 'POST', headers, body })).toMatchObject({ status: 422 })
  expect(await ask(`${trusted}/categories?__proto__=x&constructor=y`)).toMatchObject({ status: 422 })
  expect(await ask(`${trusted}/products?currency=EUR&price[__proto__]=1`)).toMatchObject({ status: 422 })
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})
