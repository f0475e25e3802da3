import { randomUUID } from 'node:crypto'
import { goods } from '@barrow/dev/test-goods'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import superjson from 'superjson'
import { expect, test } from 'vitest'
import { createMemoryCache } from './platform/adapters/memory-cache.ts'
import { keptQueries } from './platform/cache/keeping.ts'
import type { CacheStore } from './platform/ports/cache.ts'
import { appRouter } from './runtime.ts'

/** Everything that was ever kept, with its key. */
const kept: string[] = []
const store = createMemoryCache({ maxBytes: 10_000_000 })
const cacheStore: CacheStore = {
  ...store,
  keep(key, ticket, tags, answer) {
    kept.push(`${key} ${tags.join()} ${answer.body.toString()}`)
    return store.keep(key, ticket, tags, answer)
  },
}
const shop = await testShop({ cacheStore })
const { url } = await served(shop)

/** Somebody at a program of their own, who keeps what they are given. */
function visitor() {
  const credentials: Record<string, string> = { 'Barrow-Session': 'bearer' }
  async function call<T>(name: string, input: object, write: boolean): Promise<T> {
    const body = JSON.stringify(superjson.serialize(input))
    const headers = { ...credentials, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }
    const answer = write
      ? await fetch(`${url}/trpc/${name}`, { method: 'POST', headers, body })
      : await fetch(`${url}/trpc/${name}?input=${encodeURIComponent(body)}`, { headers: credentials })
    const session = answer.headers.get('barrow-session')
    const guest = answer.headers.get('barrow-guest')
    if (session) Object.assign(credentials, { Authorization: `Bearer ${session}` })
    if (guest) Object.assign(credentials, { 'Barrow-Guest': guest })
    const said = (await answer.json()) as { result: { data: Parameters<typeof superjson.deserialize>[0] } }
    expect(answer.status, JSON.stringify(said)).toBe(200)
    return superjson.deserialize<T>(said.result.data)
  }
  return {
    credentials,
    read: <T = object>(name: string, input: object) => call<T>(name, input, false),
    write: <T = object>(name: string, input: object) => call<T>(name, input, true),
  }
}

test('whatever a shopper does, nothing that is kept is theirs', async () => {
  const { productId, variantIds } = await goods(shop, { onHand: 9 })
  const category = await shop.system.category.create({ slug: 'lamps', name: 'Lamps' })
  await shop.system.taxRate.create({ countryCode: 'DE', name: 'VAT', rateBasisPoints: 1_900, included: true })
  const parcel = await shop.system.shippingMethod.create({ name: 'Parcel', prices: [{ currency: 'EUR', amount: 490 }] })
  const person = {
    email: `ada.${randomUUID()}@example.com`,
    name: 'Augusta Unmistakable',
    street: '7 Nowhere-Else Lane',
    password: randomUUID(),
  }
  const ada = visitor()
  const browse = async () => {
    await ada.read('product.list', { currency: 'EUR' })
    await ada.read('product.get', { id: productId, currency: 'EUR' })
    await ada.read('product.variants', { productId, currency: 'EUR' })
    await ada.read('category.list', {})
    await ada.read('category.get', { id: category.id })
  }
  await browse()
  await ada.write('auth.register', { email: person.email, password: person.password, name: person.name })
  await browse()
  const { id: cartId } = await ada.write<{ id: string }>('cart.create', { currency: 'EUR' })
  await browse()
  await ada.write('cart.addLine', { cartId, variantId: variantIds[0], quantity: 2 })
  const address = { name: person.name, line1: person.street, city: 'Berlin', postalCode: '10115', countryCode: 'DE' }
  await ada.write('cart.setDetails', { cartId, email: person.email, shippingAddress: address })
  await ada.write('cart.setShippingMethod', { cartId, shippingMethodId: parcel.id })
  const { quote } = await ada.read<{ quote: string }>('cart.get', { id: cartId })
  const order = await ada.write<{ id: string; number: string }>('order.place', {
    cartId,
    quote,
    paymentMethod: 'test_accept',
  })
  await ada.write('auth.login', { email: person.email, password: person.password })
  await browse()
  await ada.read('auth.me', {})
  await ada.read('order.get', { orderId: order.id })

  const all = kept.join('\n')
  for (const name of ['product.list', 'product.get', 'product.variants', 'category.list', 'category.get'])
    expect(all).toContain(`/trpc/${name}`)
  expect(all).toContain(productId)
  const { Authorization = '', 'Barrow-Guest': guest = '' } = ada.credentials
  const theirs = [
    ...Object.values(person),
    cartId,
    order.id,
    order.number,
    Authorization.slice(7),
    guest,
    'user_',
    'cart_',
  ]
  for (const text of theirs) {
    expect(text.length).toBeGreaterThan(4)
    expect(all).not.toContain(text)
  }
})

test('only what is public is kept, and says what it is made of', () => {
  const names = [...keptQueries(appRouter).keys()]
  expect(names).toEqual(['category.list', 'category.get', 'product.list', 'product.get', 'product.variants'])
})
