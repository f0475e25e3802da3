import { createCaller, createRuntime, readConfig } from '@barrow/api/runtime'
import type { Stage } from './stage.ts'

/** What there is to buy, and who looks after it. */
export interface Goods {
  readonly variantIds: readonly [VariantId, ...VariantId[]]
  readonly methodId: MethodId
  /** A key of staff. */
  readonly key: string
}
type Caller = ReturnType<typeof createCaller>
export type VariantId = Awaited<ReturnType<Caller['inventory']['get']>>['variantId']
type MethodId = Awaited<ReturnType<Caller['shippingMethod']['create']>>['id']

/** Opens the shop: variants with a price and some in stock, a tax, a way of delivery and a key for staff. */
export async function stock(stage: Stage, { variants = 8, onHand = 40 } = {}): Promise<Goods> {
  await using runtime = await createRuntime(readConfig(stage.env), { name: 'chaos' })
  const shop = createCaller(runtime, { kind: 'system', name: 'chaos' })
  await shop.taxRate.create({ countryCode: 'DE', name: 'VAT', rateBasisPoints: 1_900, included: true })
  await shop.taxRate.create({ countryCode: 'US', name: 'Sales tax', rateBasisPoints: 825, included: false })
  const { id: methodId } = await shop.shippingMethod.create({
    name: 'Parcel',
    prices: [{ currency: 'EUR', amount: 490 }],
  })
  const variantIds = await sell(shop, 'goods', { variants, onHand })
  const { token: key } = await shop.apiKey.create({
    name: 'chaos',
    permissions: ['catalog:write', 'inventory:read', 'inventory:write', 'orders:read', 'orders:write', 'orders:refund'],
  })
  return { variantIds, methodId, key }
}

/** Puts another product up for sale, so many of each of its variants. */
export async function putUp(stage: Stage, slug: string, onHand: number): Promise<VariantId> {
  await using runtime = await createRuntime(readConfig(stage.env), { name: 'chaos' })
  const [variantId] = await sell(createCaller(runtime, { kind: 'system', name: 'chaos' }), slug, {
    variants: 1,
    onHand,
  })
  return variantId
}

async function sell(
  shop: Caller,
  slug: string,
  { variants, onHand }: { variants: number; onHand: number },
): Promise<Goods['variantIds']> {
  const values = Array.from({ length: variants }, (_, index) => `${index}`)
  const options = [{ name: 'Number', values }]
  const { id: productId } = await shop.product.create({ slug, title: 'Goods', status: 'active', options })
  const made = await shop.variant.create({
    productId,
    variants: values.map((value, index) => ({
      sku: `${slug}-${value}`.toUpperCase(),
      optionValues: [value],
      prices: [{ currency: 'EUR', amount: 1_000 + 333 * index }],
    })),
  })
  const [first, ...others] = made.variants.map((variant) => variant.id)
  if (first === undefined) throw new Error('variants were made')
  await shop.inventory.setLevels({ levels: [first, ...others].map((variantId) => ({ variantId, onHand })) })
  return [first, ...others]
}
