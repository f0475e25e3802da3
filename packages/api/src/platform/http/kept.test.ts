import { randomUUID } from 'node:crypto'
import { request as send } from 'node:http'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import superjson from 'superjson'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createRuntime, readConfig } from '../../runtime.ts'
import { serve } from '../../serve.ts'

const ORIGIN = 'https://shop.example.com'
const shop = await testShop({ env: { CORS_ORIGINS: ORIGIN } })
const server = serve(shop.runtime)
// Another process of the same shop.
const other = await createRuntime(readConfig(shop.env))
const otherServer = serve(other)
let here = 0
let there = 0
beforeAll(async () => {
  here = await server.listen(0, '127.0.0.1')
  there = await otherServer.listen(0, '127.0.0.1')
})
afterAll(async () => {
  await server.close()
  await otherServer.close()
  await other.close()
})

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

function ask(path: string, { headers = {}, at = here }: { headers?: Record<string, string>; at?: number } = {}) {
  return new Promise<Answer>((resolve, reject) => {
    send({ host: '127.0.0.1', port: at, path, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('error', reject).on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
      .on('error', reject)
      .end()
  })
}

const encoded = (input: unknown) => encodeURIComponent(JSON.stringify(input))
const read = (name: string, input: unknown) => `/trpc/${name}?input=${encoded(superjson.serialize(input))}`
const batch = (...calls: [string, unknown][]) =>
  `/trpc/${calls.map(([name]) => name).join(',')}?batch=1&input=${encoded(
    Object.fromEntries(calls.map(([, input], index) => [index, superjson.serialize(input)])),
  )}`
const outcomes = async (outcome: string) => {
  const { values } = await shop.runtime.metrics.cacheReads.get()
  return values.filter(({ labels }) => labels.outcome === outcome).reduce((sum, { value }) => sum + value, 0)
}
const staffKey = async () => {
  const { token } = await shop.system.apiKey.create({ name: 'programs', permissions: ['catalog:read'] })
  return { Authorization: `Bearer ${token}` }
}
const visitor = { 'Barrow-Guest': `bg_${'a'.repeat(43)}` }
const soon = { timeout: 30_000, interval: 20 }

test('what a fast answer says is byte for byte what the slow one says, alone and in a batch', async () => {
  const { productId } = await goods(shop, { variants: 3, onHand: 5 })
  const key = await staffKey()
  const one = { id: productId, currency: 'EUR' }
  const addresses = [
    read('product.get', one),
    read('product.list', { currency: 'EUR', count: 'exact' }),
    read('product.variants', { productId, currency: 'EUR' }),
    read('category.list', {}),
    batch(['product.get', one], ['category.list', {}]),
    batch(['category.list', {}]),
  ]
  for (const address of addresses) {
    const slow = await ask(address, { headers: key })
    const made = await ask(address)
    const fast = await vi.waitFor(async () => {
      const hits = await outcomes('hit')
      const answer = await ask(address)
      expect(await outcomes('hit')).toBe(hits + 1)
      return answer
    }, soon)
    expect(slow.status).toBe(200)
    expect(made.text).toBe(slow.text)
    expect(fast.text).toBe(slow.text)
    expect(fast.headers['content-type']).toMatch(/^application\/json/)
    expect(slow.headers['cache-control']).toBe('no-store')
  }
})

test('strangers may keep a public answer for as long as it may be shown, and ask whether it is still the same', async () => {
  const { productId } = await goods(shop)
  const address = read('product.get', { id: productId, currency: 'EUR' })
  const { headers, status, text } = await ask(address, { headers: { Origin: ORIGIN } })
  expect(status).toBe(200)
  expect(text).toContain(productId)
  expect(Number(/^public, max-age=(\d+)$/.exec(String(headers['cache-control']))?.[1])).toBeLessThanOrEqual(5)
  const tag = String(headers.etag)
  for (const named of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const again = await ask(address, { headers: { Origin: ORIGIN, 'If-None-Match': named } })
    expect(again).toMatchObject({ status: 304, text: '' })
    expect(again.headers).toMatchObject({
      etag: tag,
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'x-content-type-options': 'nosniff',
    })
    expect(again.headers['cache-control']).toMatch(/^public, max-age=\d$/)
    expect(again.headers.vary).toMatch(/^Origin, .*Authorization.*Cookie/)
  }
  expect((await ask(address, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
})

test('what a shopper with a cart or a session gets is kept by nobody on its way, though it is as fast', async () => {
  const address = read('category.list', { limit: 7 })
  const answer = await vi.waitFor(async () => {
    await ask(address)
    const hits = await outcomes('hit')
    const answer = await ask(address, { headers: visitor })
    expect(await outcomes('hit')).toBe(hits + 1)
    return answer
  }, soon)
  expect(answer.headers['cache-control']).toBe('no-store')
  const cookie = await ask(address, { headers: { Cookie: `barrow-sid=bs_${'b'.repeat(43)}` } })
  expect(cookie.headers['cache-control']).toBe('no-store')
  expect(cookie.text).toBe(answer.text)
})

test('staff and programs see what is so, not what is kept', async () => {
  const key = await staffKey()
  const address = read('category.list', { limit: 8 })
  await ask(address)
  const before = await outcomes('bypass')
  const hits = await outcomes('hit')
  const [id, slug] = ['category_0000000000000000000000000a', 'unheard-of']
  await shop.runtime.orm.em
    .fork()
    .execute('insert into category (id, slug, name, position) values (?, ?, ?, 0)', [id, slug, 'Unheard of'])
  expect((await ask(address, { headers: key })).text).toContain(slug)
  expect([await outcomes('bypass'), await outcomes('hit')]).toEqual([before + 1, hits])
})

test('a change is read at once where it was made, and soon in every other process', async () => {
  const { productId, variantIds } = await goods(shop)
  const address = read('product.get', { id: productId, currency: 'EUR' })
  const list = read('product.list', { currency: 'EUR' })
  const [variantId = 'variant_'] = variantIds
  for (const at of [here, there]) for (const path of [address, list]) await ask(path, { at })
  const changes: [() => Promise<unknown>, string][] = [
    [() => shop.system.product.update({ id: productId, title: 'Renamed' }), 'Renamed'],
    [() => shop.system.variant.setPrices({ prices: [{ variantId, currency: 'EUR', amount: 4711 } as never] }), '4711'],
  ]
  for (const [change, sign] of changes) {
    await change()
    for (const path of [address, list]) expect((await ask(path)).text).toContain(sign)
    for (const path of [address, list]) {
      await vi.waitFor(async () => expect((await ask(path, { at: there })).text).toContain(sign), soon)
    }
  }
  await shop.system.product.setStatus({ id: productId, status: 'archived' })
  expect((await ask(address)).status).toBe(404)
  await vi.waitFor(async () => expect((await ask(address, { at: there })).status).toBe(404), soon)
})

test('a category’s name is fresh on the pages of its products as well', async () => {
  const { id } = await shop.system.category.create({ slug: `c-${randomUUID()}`, name: 'Before' })
  const { productId } = await goods(shop)
  await shop.system.product.update({ id: productId, categoryIds: [id] })
  const address = read('product.get', { id: productId, currency: 'EUR' })
  expect((await ask(address)).text).toContain('Before')
  await shop.system.category.update({ id, name: 'Afterwards' })
  expect((await ask(address)).text).toContain('Afterwards')
})

test('a product’s page outlives changes of others', async () => {
  const [{ productId }, { productId: neighbour }] = [await goods(shop), await goods(shop)]
  const address = read('product.get', { id: productId, currency: 'EUR' })
  // Word of how the product itself came about may still be on its way.
  await vi.waitFor(async () => {
    await ask(address)
    await shop.system.product.update({ id: neighbour, title: 'Another' })
    const hits = await outcomes('hit')
    await ask(address)
    expect(await outcomes('hit')).toBe(hits + 1)
  }, soon)
})

test('what is refused is not kept, alone or beside what is answered', async () => {
  const slug = `later-${randomUUID()}`
  const address = read('product.get', { slug, currency: 'EUR' })
  const both = batch(['product.get', { slug, currency: 'EUR' }], ['category.list', {}])
  const refused = await ask(address)
  expect(refused.status).toBe(404)
  expect(JSON.parse(refused.text).error.json.data).toMatchObject({ reason: 'product_not_found' })
  expect(refused.headers['cache-control']).toBe('no-store')
  expect(refused.headers.etag).toBeUndefined()
  expect((await ask(both)).status).toBe(207)
  // Nothing tells the cache of this product, so an answer that was kept would still stand.
  const { productId } = await goods(shop)
  await shop.runtime.orm.em.fork().execute('update product set slug = ? where id = ?', [slug, productId])
  expect((await ask(address)).status).toBe(200)
  expect((await ask(both)).status).toBe(200)
})

test('a wrong input is refused as ever, and a read beside one that is not kept is answered as ever', async () => {
  expect((await ask('/trpc/product.list?input=%7B')).status).toBe(400)
  expect((await ask(read('product.list', { currency: 'XXXX' }))).status).toBe(400)
  expect((await ask(`/trpc/${Array(11).fill('category.list').join(',')}?batch=1`)).status).toBe(400)
  const mixed = await ask(batch(['category.list', {}], ['auth.me', {}]))
  expect(mixed.headers['cache-control']).toBe('no-store')
})

test('a shop that keeps nothing for nobody answers all the same', async () => {
  await using runtime = await createRuntime(readConfig({ ...shop.env, CACHE_SECONDS: '0' }))
  await using plain = serve(runtime)
  const at = await plain.listen(0, '127.0.0.1')
  const answer = await ask(read('category.list', {}), { at })
  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } })
  expect(answer.headers.etag).toBeUndefined()
})
