import { goods } from '@barrow/dev/test-goods'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test, vi } from 'vitest'

const shop = await testShop()
const { url: origin } = await served(shop)
const url = `${origin}/rest/v1`

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${url}${path}`, { method, headers })
const hits = async () => {
  const { values } = await shop.runtime.metrics.cacheReads.get()
  return values.filter(({ labels }) => labels.outcome === 'hit').reduce((sum, { value }) => sum + value, 0)
}
const soon = { timeout: 30_000, interval: 20 }

test('a resource is kept for strangers, who may ask whether it is still the same; HEAD says the same without the body', async () => {
  const { productId } = await goods(shop, { onHand: 5 })
  const path = `/products/${productId}?currency=EUR`
  const made = await ask(path)
  const text = await made.text()
  expect(made.status).toBe(200)
  expect(made.headers.get('cache-control')).toMatch(/^public, max-age=\d$/)
  expect(made.headers.get('vary')).toMatch(/Authorization, .*Cookie/)
  const tag = made.headers.get('etag') ?? ''
  expect(tag).toMatch(/^"[\w-]+"$/)
  await vi.waitFor(async () => {
    const before = await hits()
    const again = await ask(path)
    expect(await again.text()).toBe(text)
    expect(await hits()).toBe(before + 1)
  }, soon)
  const same = await ask(path, { 'If-None-Match': tag })
  expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', tag])
  const head = await ask(path, {}, 'HEAD')
  expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', tag])
  expect(head.headers.get('content-length')).toBe(made.headers.get('content-length'))
  expect((await ask(path, { 'If-None-Match': tag }, 'HEAD')).status).toBe(304)

  await shop.system.product.update({ id: productId, title: 'Another title' })
  await vi.waitFor(async () => {
    const changed = await ask(path, { 'If-None-Match': tag })
    expect([changed.status, ((await changed.json()) as { title: string }).title]).toEqual([200, 'Another title'])
    expect(changed.headers.get('etag')).not.toBe(tag)
  }, soon)
})

test('the same answer under RPC and REST is kept under each address, and neither is taken for the other', async () => {
  const { productId } = await goods(shop, { onHand: 5 })
  const input = encodeURIComponent(JSON.stringify({ json: { id: productId, currency: 'EUR' } }))
  for (let round = 0; round < 2; round++) {
    const rest = (await (await ask(`/products/${productId}?currency=EUR`)).json()) as { id: string }
    const rpc = await fetch(`${url.replace('/rest/v1', '/trpc')}/product.get?input=${input}`)
    expect(rest.id).toBe(productId)
    expect(await rpc.json()).toMatchObject({ result: { data: { json: { id: productId } } } })
  }
})

test('what is refused is not kept, and what a shopper or staff get is kept by nobody on its way', async () => {
  const none = `/products/product_${'0'.repeat(26)}?currency=EUR`
  for (let round = 0; round < 2; round++) {
    const answer = await ask(none)
    expect([answer.status, answer.headers.get('etag'), answer.headers.get('cache-control')]).toEqual([
      404,
      null,
      'no-store',
    ])
  }
  const { token } = await shop.system.apiKey.create({ name: 'program', permissions: ['catalog:read'] })
  for (const headers of [{ Authorization: `Bearer ${token}` }, { 'Barrow-Guest': `bg_${'a'.repeat(43)}` }]) {
    const answer = await ask('/categories', headers)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
  }
})
