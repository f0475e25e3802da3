import {
  type Barrow,
  type CartId,
  createBarrow,
  isBarrowError,
  type OrderId,
  type OrderState,
  type ShippingMethodId,
  type VariantId,
} from './index.ts'

/** What a page of a shop does, for a test to call in a real browser: everything here runs there, from one bundle. */
let barrow: Barrow

/** The reason of a call that fails. */
async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    return isBarrowError(error) ? error.reason : String(error)
  }
}

const page = {
  open(url: string) {
    barrow = createBarrow({ url })
  },
  /** A visitor's very first clicks, two at once. */
  async begin(variantId: VariantId) {
    const carts = await Promise.all([1, 2].map(() => barrow.cart.create.mutate({ currency: 'EUR' })))
    const [cart] = carts
    if (cart === undefined) throw new Error('no cart')
    await Promise.all([1, 2, 3].map(() => barrow.cart.addLine.mutate({ cartId: cart.id, variantId })))
    return carts.map(({ id }) => id)
  },
  async cart() {
    const cart = await barrow.cart.current.query()
    return cart && { id: cart.id, quantities: cart.lines.map((line) => line.quantity) }
  },
  async register(email: string, password: string) {
    await barrow.auth.register.mutate({ email, password })
  },
  async signIn(email: string, password: string) {
    await barrow.auth.login.mutate({ email, password })
  },
  async me() {
    return (await barrow.auth.me.query({})).email
  },
  async signOut() {
    await barrow.auth.logout.mutate({})
    return reasonOf(barrow.auth.me.query({}))
  },
  async refusals(cartId: CartId) {
    return {
      unknown: await reasonOf(barrow.cart.addLine.mutate({ cartId, variantId: 'variant_00000000000000000000000000' })),
      invalid: await reasonOf(barrow.cart.addLine.mutate({ cartId, variantId: 'variant_nonsense' })),
      forbidden: await reasonOf(barrow.order.listAll.query({})),
    }
  },
  async read() {
    return reasonOf(barrow.category.list.query({}, { signal: AbortSignal.timeout(20_000) }))
  },
  /** Watches an order, calls it off once the first state is told, and answers all that was told. */
  async watch(orderId: OrderId) {
    const told: OrderState['status'][] = []
    for await (const { status } of barrow.order.watch.subscribe({ orderId })) {
      told.push(status)
      if (told.length === 1) await barrow.order.cancel.mutate({ orderId })
    }
    return told
  },
  async buy(cartId: CartId, shippingMethodId: ShippingMethodId) {
    const shippingAddress = {
      name: 'Ada Example',
      line1: '1 Example Street',
      city: 'Berlin',
      postalCode: '10115',
      countryCode: 'DE',
    }
    await barrow.cart.setDetails.mutate({ cartId, email: 'ada@example.com', shippingAddress })
    const { quote } = await barrow.cart.setShippingMethod.mutate({ cartId, shippingMethodId })
    return barrow.order.place.mutate({ cartId, quote, paymentMethod: 'test_accept' })
  },
}
export type Page = typeof page
Object.assign(globalThis, { page })
