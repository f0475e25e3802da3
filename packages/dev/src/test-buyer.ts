import { createHash, randomUUID } from 'node:crypto'
import type { VariantId } from '@barrow/api/product'
import type { Actor } from '@barrow/api/runtime'
import { expect, vi } from 'vitest'
import { goods } from './test-goods.ts'
import type { Caller, TestShop } from './test-shop.ts'

export interface Buyer {
  readonly actor: Actor
  readonly caller: Caller
  readonly cartId: CartId
  /** What `order.place` takes, with the price shown now. */
  placement(paymentMethod?: string): Promise<Parameters<Caller['order']['place']>[0]>
  /** Places the order under a key of its own. */
  place(paymentMethod?: string): ReturnType<Caller['order']['place']>
}
type CartId = Awaited<ReturnType<Caller['cart']['create']>>['id']

/** Sends anywhere for 490 minor units, with 19 % tax included in Germany's prices; once for each shop. */
const delivery = new WeakMap<TestShop, Promise<Delivery>>()
type Delivery = Awaited<ReturnType<Caller['shippingMethod']['create']>>

async function openDelivery(shop: TestShop): Promise<Delivery> {
  await shop.system.taxRate.create({ countryCode: 'DE', name: 'VAT', rateBasisPoints: 1_900, included: true })
  await shop.system.taxRate.create({ countryCode: 'US', name: 'Sales tax', rateBasisPoints: 825, included: false })
  return shop.system.shippingMethod.create({ name: 'Parcel', prices: [{ currency: 'EUR', amount: 490 }] })
}

/** Somebody with a cart that can be ordered: a new visitor, unless an actor is given. */
export async function buyer(
  shop: TestShop,
  lines: readonly { variantId: VariantId; quantity?: number }[],
  { actor = visitor(), countryCode = 'DE' }: { actor?: Actor; countryCode?: string } = {},
): Promise<Buyer> {
  const opening = delivery.get(shop) ?? openDelivery(shop)
  delivery.set(shop, opening)
  const method = await opening
  const caller = shop.as(actor)
  const { id: cartId } = await caller.cart.create({ currency: 'EUR' })
  for (const line of lines) await caller.cart.addLine({ cartId, ...line })
  await caller.cart.setDetails({
    cartId,
    email: 'buyer@example.com',
    shippingAddress: {
      name: 'Ada Example',
      line1: '1 Example Street',
      city: 'Berlin',
      postalCode: '10115',
      countryCode,
    },
  })
  await caller.cart.setShippingMethod({ cartId, shippingMethodId: method.id })
  const placement = async (paymentMethod = 'test_accept') => {
    const { quote } = await caller.cart.get({ id: cartId })
    return { cartId, quote, paymentMethod }
  }
  return {
    ...{ actor, caller, cartId, placement },
    place: async (paymentMethod) => shop.as(actor, randomUUID()).order.place(await placement(paymentMethod)),
  }
}

/** A new visitor with a cart that can be ordered, of one new product. */
export async function shopper(
  shop: TestShop,
  { onHand = 5, quantity = 1 }: { onHand?: number; quantity?: number } = {},
): Promise<Buyer & { readonly variantId: VariantId }> {
  const { variantIds } = await goods(shop, { onHand })
  const [variantId = 'variant_none' as const] = variantIds
  return { variantId, ...(await buyer(shop, [{ variantId, quantity }])) }
}

/** Waits until an order is so, as staff see it. */
export const orderBecomes = (shop: TestShop, orderId: OrderId, expected: object): Promise<void> =>
  vi.waitFor(async () => expect(await shop.staff('orders:read').order.get({ orderId })).toMatchObject(expected), {
    timeout: 150_000,
    interval: 20,
  })
type OrderId = Parameters<Caller['order']['get']>[0]['orderId']

/** A visitor who holds a cart's token. */
export const visitor = (): Actor => ({
  kind: 'guest',
  guest: createHash('sha256').update(randomUUID()).digest('hex'),
})
