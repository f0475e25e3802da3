import { createHash, createHmac, randomBytes } from 'node:crypto'
import { priceOrder } from '@barrow/api/price'
import type { Pool, PoolClient } from 'pg'
import { newId } from './ids.ts'
import { Refused } from './refused.ts'
import type { Call } from './server.ts'
import { inTransaction } from './transaction.ts'

const cartColumns = `cart.id, cart.state, cart.order_id, cart.currency, cart.country_code, cart.email, cart.shipping_address,
  cart.billing_address, cart.created_at, cart.updated_at, cart.customer_id, cart.guest, method.id as method_id,
  method.name as method_name, fee.amount as method_amount,
  coalesce(cart.shipping_address ->> 'countryCode', cart.country_code) as tax_country, tax.name as tax_name,
  tax.rate_basis_points, tax.included`

const read = {
  name: 'cart',
  text: `
    select ${cartColumns},
      (select coalesce(json_agg(json_build_object('id', line.id, 'variantId', variant.id, 'productId', product.id,
          'slug', product.slug, 'title', product.title, 'variantTitle', variant.title, 'options', variant.options,
          'sku', variant.sku, 'imageUrl', coalesce(variant.image_url, product.images->0->>'url'),
          'quantity', line.quantity, 'taxable', variant.taxable,
          'amount', case when product.status = 'active' and variant.status = 'active' then price.amount end,
          'left', case when coalesce(item.tracked, true) then coalesce(item.on_hand - item.reserved, 0) end)
          order by line.id), '[]')
       from cart_line line
       join variant on variant.id = line.variant_id
       join product on product.id = variant.product_id
       left join variant_price price on price.variant_id = variant.id and price.currency = cart.currency
       left join inventory_item item on item.variant_id = variant.id
       where line.cart_id = cart.id) as lines
    from cart
    left join shipping_method method on method.id = cart.shipping_method_id and method.active
    left join shipping_price fee on fee.method_id = method.id and fee.currency = cart.currency
    left join tax_rate tax on tax.country_code = coalesce(cart.shipping_address ->> 'countryCode', cart.country_code)
    where cart.id = $1`,
}

export interface Line {
  readonly id: string
  readonly variantId: string
  readonly productId: string
  readonly slug: string
  readonly title: string
  readonly variantTitle: string
  readonly options: readonly { readonly name: string; readonly value: string }[]
  readonly sku: string | null
  readonly imageUrl: string | null
  readonly quantity: number
  readonly taxable: boolean
  readonly amount: number | null
  readonly left: number | null
}

/** A cart with what it costs. */
export async function priced(client: Pool | PoolClient, id: string) {
  const { rows } = await client.query({ ...read, values: [id] })
  const row = rows[0]
  const lines: Line[] = row.lines
  const sums = priceOrder({
    currency: row.currency,
    lines: lines.map(({ amount, quantity, taxable }) => ({ unitAmount: amount ?? 0, quantity, taxable })),
    discounts: [],
    shipping: { amount: row.method_amount ?? 0 },
    tax: { rateBasisPoints: row.rate_basis_points ?? 0, included: row.included ?? false },
  })
  return { row, lines, sums }
}

/** The answer to every change of a cart. */
async function view(client: Pool | PoolClient, id: string): Promise<string> {
  const { row, lines, sums } = await priced(client, id)
  const { subtotal, discount, shipping, tax, total } = sums
  const json = {
    id: row.id,
    state: row.state,
    orderId: row.order_id,
    currency: row.currency,
    countryCode: row.country_code,
    email: row.email,
    shippingAddress: row.shipping_address,
    billingAddress: row.billing_address,
    shippingMethod:
      row.method_amount === null ? null : { id: row.method_id, name: row.method_name, amount: row.method_amount },
    tax: {
      countryCode: row.tax_country,
      name: row.tax_name,
      rateBasisPoints: row.rate_basis_points ?? 0,
      included: row.included ?? false,
    },
    lines: lines.map(({ taxable: _, amount, left, ...line }, index) => ({
      ...line,
      unitAmount: amount,
      lineTotal: sums.lines[index]?.subtotal,
      discount: 0,
      available: amount !== null && (left === null || left >= line.quantity),
      problem: null,
    })),
    totals: { subtotal, discount, shipping, tax, total },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    quote: sealed(row.id, { row, lines, sums }),
  }
  return JSON.stringify({ json, meta: { values: { createdAt: ['Date'], updatedAt: ['Date'] }, v: 1 } })
}

const SECRET = 'a secret of the bench 0123456789abcdef'

/** What the price was when it was shown, signed. */
export function sealed(id: string, { lines, sums }: Awaited<ReturnType<typeof priced>>): string {
  const offer = JSON.stringify([
    sums.total,
    sums.tax,
    sums.shipping,
    lines.map((line) => [line.variantId, line.quantity, line.amount]),
  ])
  const shown = createHash('sha256').update(offer).digest('base64url')
  const body = Buffer.from(JSON.stringify({ cart: id, shown, total: sums.total, currency: sums.currency })).toString(
    'base64url',
  )
  return `${body}.${createHmac('sha256', SECRET).update(`cart-quote:${body}`).digest('base64url')}`
}

const begin = {
  name: 'begin',
  text: `insert into cart (id, guest, state, currency, country_code) values ($1, $2, 'open', $3, $4)`,
}

export async function create({ pool, input, setHeader }: Call): Promise<string> {
  const { currency, countryCode = null } = input as { currency: string; countryCode?: string | null }
  const token = `bg_${randomBytes(32).toString('base64url')}`
  const id = newId('cart')
  await pool.query({ ...begin, values: [id, createHash('sha256').update(token).digest('hex'), currency, countryCode] })
  setHeader('barrow-guest', token)
  return view(pool, id)
}

// The key and the lock in one statement: of two calls the second waits at the key's row.
const lock = {
  name: 'lock',
  text: `
    with taken as (
      insert into idempotency_key (principal, procedure, key, request_hash, answer)
      values ('guest:' || $2, $3, $4, $5, $6) on conflict do nothing returning key
    )
    select cart.state, (select count(*) from taken) as taken, (
      select price.amount from variant
      join product on product.id = variant.product_id and product.status = 'active'
      join variant_price price on price.variant_id = variant.id and price.currency = cart.currency
      where variant.id = $7 and variant.status = 'active'
    ) as amount
    from cart where id = $1 and guest = $2 for no key update`,
}

async function lockFor(client: PoolClient, call: Call, procedure: string, variantId: string | null = null) {
  const { cartId } = call.input as { cartId: string }
  const hash = createHmac('sha256', SECRET).update(JSON.stringify(call.input)).digest('hex')
  const answer = JSON.stringify({ json: { done: true, value: cartId } })
  const values = [cartId, call.guest, procedure, call.key, hash, answer, variantId]
  const { rows } = await client.query({ ...lock, values })
  if (rows[0]?.state !== 'open' || rows[0].taken === 0) throw new Refused('not this cart')
  if (variantId !== null && rows[0].amount === null) throw new Refused('not for sale')
  return cartId
}

const add = {
  name: 'add',
  text: `
    with cart_now as (
      select count(*) as lines, coalesce(max(quantity) filter (where variant_id = $3), 0) as in_cart
      from cart_line where cart_id = $2
    ), written as (
      insert into cart_line (id, cart_id, variant_id, quantity)
      select $1, $2, $3, $4 from cart_now where (in_cart > 0 or lines < 250) and in_cart + $4 <= 999
      on conflict on constraint cart_line_variant_unique do update set quantity = cart_line.quantity + excluded.quantity
      returning cart_id
    )
    update cart set updated_at = now() from written where cart.id = written.cart_id returning cart.id`,
}

export const addLine = (call: Call): Promise<string> =>
  inTransaction(call.pool, async (client) => {
    const { variantId, quantity = 1 } = call.input as { variantId: string; quantity?: number }
    const cartId = await lockFor(client, call, 'cart.addLine', variantId)
    const { rowCount } = await client.query({ ...add, values: [newId('line'), cartId, variantId, quantity] })
    if (rowCount === 0) throw new Refused('too many')
    return view(client, cartId)
  })

const remove = {
  name: 'remove',
  text: `
    with gone as (delete from cart_line where id = $2 and cart_id = $1 returning cart_id)
    update cart set updated_at = now() from gone where cart.id = gone.cart_id returning cart.id`,
}

export const removeLine = (call: Call): Promise<string> =>
  inTransaction(call.pool, async (client) => {
    const cartId = await lockFor(client, call, 'cart.removeLine')
    const { rowCount } = await client.query({ ...remove, values: [cartId, call.input.lineId] })
    if (rowCount === 0) throw new Refused('no such line')
    return view(client, cartId)
  })

const details = {
  name: 'details',
  text: 'update cart set email = $2, shipping_address = $3, updated_at = now() where id = $1',
}

export const setDetails = (call: Call): Promise<string> =>
  inTransaction(call.pool, async (client) => {
    const { email, shippingAddress } = call.input
    const cartId = await lockFor(client, call, 'cart.setDetails')
    await client.query({ ...details, values: [cartId, email, JSON.stringify(shippingAddress)] })
    return view(client, cartId)
  })

const shipping = {
  name: 'shipping',
  text: `update cart set shipping_method_id = method.id, updated_at = now() from shipping_method method
         where cart.id = $1 and method.id = $2`,
}

export const setShippingMethod = (call: Call): Promise<string> =>
  inTransaction(call.pool, async (client) => {
    const cartId = await lockFor(client, call, 'cart.setShippingMethod')
    const { rowCount } = await client.query({ ...shipping, values: [cartId, call.input.shippingMethodId] })
    if (rowCount === 0) throw new Refused('no such method')
    return view(client, cartId)
  })
