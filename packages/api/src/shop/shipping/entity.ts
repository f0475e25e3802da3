import { defineEntity, p } from '@mikro-orm/core'
import { amount, createdAt, currency, id } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'

export const shippingMethodId = idOf('shipping')
export type ShippingMethodId = ReturnType<typeof shippingMethodId.new>

/** A way to send an order, at a flat price. */
export const ShippingMethodSchema = defineEntity({
  name: 'ShippingMethod',
  properties: {
    id: id(shippingMethodId),
    name: p.string().length(100),
    description: p.string().length(500),
    /** Where it goes, as ISO 3166-1 alpha-2 codes; everywhere when empty. */
    countries: p.array<string>(),
    active: p.boolean(),
    /** Order among the methods, smallest first. */
    position: p.integer(),
    createdAt: createdAt(),
  },
})
export class ShippingMethod extends ShippingMethodSchema.class {}
ShippingMethodSchema.setClass(ShippingMethod)

/** What a method costs in one currency. A method without a price in a currency is not offered in it. */
export const ShippingPriceSchema = defineEntity({
  name: 'ShippingPrice',
  properties: {
    methodId: () =>
      p
        .manyToOne(ShippingMethod)
        .fieldName('method_id')
        .mapToPk()
        .primary()
        .deleteRule('cascade')
        .foreignKeyName('shipping_price_method_fk'),
    currency: currency().primary(),
    amount: amount(),
  },
  checks: [{ name: 'shipping_price_amount', expression: 'amount >= 0' }],
})
export class ShippingPrice extends ShippingPriceSchema.class {}
ShippingPriceSchema.setClass(ShippingPrice)
