import { type ExpressionBuilder, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Context } from '../../platform/context.ts'
import { statements } from '../../platform/statement.ts'
import type { CartId } from './entity.ts'
import { kindOf, type Owner, ownedBy } from './owner.ts'
import { carts, type Tables } from './tables.ts'

const taxCountry = sql<string | null>`coalesce(cart.shipping_address ->> 'countryCode', cart.country_code)`

const lines = (eb: ExpressionBuilder<Tables, 'cart'>) =>
  eb
    .selectFrom('cart_line as line')
    .innerJoin('variant', 'variant.id', 'line.variant_id')
    .innerJoin('product', 'product.id', 'variant.product_id')
    .leftJoin('variant_price as price', (join) =>
      join.onRef('price.variant_id', '=', 'variant.id').onRef('price.currency', '=', 'cart.currency'),
    )
    .leftJoin('inventory_item as item', 'item.variant_id', 'variant.id')
    .whereRef('line.cart_id', '=', 'cart.id')
    .orderBy('line.id')
    .select([
      'line.id',
      'line.quantity',
      'variant.id as variantId',
      'variant.title as variantTitle',
      'variant.options',
      'variant.sku',
      'variant.taxable',
      'product.id as productId',
      'product.slug',
      'product.title',
      sql<string | null>`coalesce(variant.image_url, product.images -> 0 ->> 'url')`.as('imageUrl'),
      sql<boolean>`product.status = 'active' and variant.status = 'active'`.as('forSale'),
      'price.amount',
      sql<number | null>`case when coalesce(item.tracked, true) then coalesce(item.on_hand - item.reserved, 0) end`.as(
        'left',
      ),
    ])

const shown = carts
  .selectFrom('cart')
  .leftJoin('user', 'user.id', 'cart.customer_id')
  .leftJoin('shipping_method as method', 'method.id', 'cart.shipping_method_id')
  .leftJoin('shipping_price as fee', (join) =>
    join.onRef('fee.method_id', '=', 'method.id').onRef('fee.currency', '=', 'cart.currency'),
  )
  .leftJoin('tax_rate as tax', (join) => join.on('tax.country_code', '=', taxCountry))
  .select((eb) => [
    'cart.id',
    'cart.customer_id as customerId',
    'cart.guest',
    'cart.state',
    'cart.order_id as orderId',
    'cart.currency',
    'cart.country_code as countryCode',
    // An address of an order that was made of it is the order's alone.
    sql<string | null>`case when cart.state = 'ordered' then null else coalesce(cart.email, "user".email) end`.as(
      'email',
    ),
    'cart.shipping_address as shippingAddress',
    'cart.billing_address as billingAddress',
    'cart.created_at as createdAt',
    'cart.updated_at as updatedAt',
    'method.id as methodId',
    'method.name as methodName',
    'method.active as methodActive',
    'method.countries as methodCountries',
    'fee.amount as methodAmount',
    taxCountry.as('taxCountry'),
    'tax.name as taxName',
    'tax.rate_basis_points as rateBasisPoints',
    'tax.included as taxIncluded',
    jsonArrayFrom(lines(eb)).as('lines'),
  ])

/** Which cart is read. Without an owner it is anybody's. */
type Which = { readonly id: CartId; readonly owner?: Owner | null } | { readonly openOf: Owner | null }

/** All that a cart shows, in one statement: lines, prices, stock, tax and shipping are of one moment. */
const read = statements(
  (which: Which) =>
    'id' in which ? `id ${which.owner === undefined || kindOf(which.owner)}` : `open ${kindOf(which.openOf)}`,
  (given, which) => {
    if ('openOf' in which) {
      const owned = ownedBy(given, kindOf(which.openOf), (which) => ('openOf' in which ? which.openOf : null))
      return shown.where(sql<boolean>`cart.state = 'open' and ${owned}`)
    }
    const { owner } = which
    const one = shown.where(
      'cart.id',
      '=',
      given((which) => ('id' in which ? which.id : null)),
    )
    if (owner === undefined) return one
    return one.where(ownedBy(given, kindOf(owner), (which) => ('id' in which ? (which.owner ?? null) : null)))
  },
  { quick: true },
)

export async function readCart(ctx: Context, which: Which) {
  const [row] = await read(ctx, which)
  return row
}

/** The same to be asked with something else. */
export const reading = read.of

export type CartRow = NonNullable<Awaited<ReturnType<typeof readCart>>>
export type LineRow = CartRow['lines'][number]
