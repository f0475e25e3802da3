import type { Shopper } from './http.ts'
import { address, CATEGORIES, type Size, seeded } from './seed.ts'

/** What a shopper comes for; done again and again by each connection. */
export interface Journey {
  readonly name: string
  readonly title: string
  /** Calls over HTTP, one after the other. */
  readonly calls: number
  /** Asks an API that keeps its answers, and is held against a server that answers a constant of the same size. */
  readonly kept?: { readonly procedure: string; readonly input: unknown }
  visit(shopper: Shopper, size: Size): Promise<unknown>
}

const any = (below: number): number => Math.floor(Math.random() * below)
const currency = 'EUR'
/** Of how many products people look at one and the same again and again. */
const POPULAR = 100

export interface Cart {
  readonly id: string
  readonly quote: string
  readonly lines: readonly { readonly id: string; readonly variantId: string }[]
}

export async function newCart(shopper: Shopper): Promise<string> {
  shopper.guest = shopper.session = ''
  return (await shopper.mutate<Cart>('cart.create', { currency })).id
}

export const add = (shopper: Shopper, cartId: string, variantId: string) =>
  shopper.mutate<Cart>('cart.addLine', { cartId, variantId, quantity: 1 })

async function checkout(shopper: Shopper, variantIds: readonly string[]): Promise<void> {
  const cartId = await newCart(shopper)
  for (const variantId of variantIds) await add(shopper, cartId, variantId)
  await shopper.mutate('cart.setDetails', { cartId, email: 'buyer@example.com', shippingAddress: address })
  const { shippingMethodId } = seeded
  const { quote } = await shopper.mutate<Cart>('cart.setShippingMethod', { cartId, shippingMethodId })
  const order = await shopper.mutate<{ status: string }>('order.place', { cartId, quote, paymentMethod: 'test_accept' })
  if (order.status !== 'authorised') throw new Error(`an order is ${order.status}`)
}

const pageOf = (category: number) => ({ category: { slug: seeded.categorySlug(category) }, currency, limit: 20 })
const product = (n: number) => ({ slug: seeded.productSlug(n), currency })
const search = (q: string) => ({ q, currency, limit: 20 })

export const journeys: readonly Journey[] = [
  {
    name: 'J1',
    title: 'product.list, 20 of a category',
    calls: 1,
    visit: (shopper) => shopper.query('product.list', pageOf(any(CATEGORIES))),
  },
  {
    name: 'J1k',
    title: 'product.list, kept',
    calls: 1,
    kept: { procedure: 'product.list', input: pageOf(0) },
    visit: (shopper) => shopper.query('product.list', pageOf(any(CATEGORIES))),
  },
  {
    name: 'J2',
    title: 'product.get by slug',
    calls: 1,
    visit: (shopper, { products }) => shopper.query('product.get', product(any(products))),
  },
  {
    name: 'J2k',
    title: 'product.get by slug, kept',
    calls: 1,
    kept: { procedure: 'product.get', input: product(0) },
    visit: (shopper) => shopper.query('product.get', product(any(POPULAR))),
  },
  {
    name: 'J3',
    title: 'product.search, a thing of a series',
    calls: 1,
    visit: (shopper, { products }) => {
      const { thing, series } = seeded.wordsOf(any(products))
      return shopper.query('product.search', search(`${thing} ${series}`))
    },
  },
  {
    name: 'J3w',
    title: 'product.search, two words of many',
    calls: 1,
    visit: (shopper, { products }) => {
      const { thing, matter } = seeded.wordsOf(any(products))
      return shopper.query('product.search', search(`${matter} ${thing}`))
    },
  },
  {
    name: 'J4',
    title: 'a new cart and a line',
    calls: 2,
    visit: async (shopper, { products }) => add(shopper, await newCart(shopper), seeded.variantId(any(products))),
  },
  {
    name: 'J5',
    title: 'a whole checkout of two lines',
    calls: 6,
    visit: (shopper, { products }) => {
      const first = any(products)
      return checkout(shopper, [
        seeded.variantId(first, 0),
        seeded.variantId((first + 1 + any(products - 1)) % products, 1),
      ])
    },
  },
  {
    name: 'J6',
    title: 'order.get by its owner',
    calls: 1,
    visit(shopper, { customers }) {
      const n = any(customers)
      shopper.session = seeded.session(n)
      return shopper.query('order.get', { orderId: seeded.orderId(n) })
    },
  },
  {
    name: 'J7',
    title: 'auth.login',
    calls: 1,
    visit: (shopper, { customers }) =>
      shopper.mutate('auth.login', { email: seeded.email(any(customers)), password: seeded.password }),
  },
]

/** Everybody wants the same thing. */
export const hotVariant: Journey = {
  name: 'hot',
  title: 'a checkout of one hot variant',
  calls: 5,
  visit: (shopper) => checkout(shopper, [seeded.variantId(0)]),
}
