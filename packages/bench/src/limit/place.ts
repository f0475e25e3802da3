import { createHmac, randomInt } from 'node:crypto'
import type { PoolClient } from 'pg'
import { priced, sealed } from './cart.ts'
import { newId } from './ids.ts'
import { Refused } from './refused.ts'
import type { Call } from './server.ts'
import { inTransaction } from './transaction.ts'

// An order in nine statements and one transaction, with all that makes it safe: the cart's lock, the price that was shown,
// the key, stock in the order of its rows, history, audit, events. The provider's answer is known beforehand here.

const lock = {
  name: 'place.lock',
  text: 'select state from cart where id = $1 and guest = $2 for no key update',
}

const order = {
  name: 'place.order',
  text: `
    insert into "order" (id, number, cart_id, guest, status, currency, subtotal, discount, tax, total, shipping, shipping_tax,
      tax_included, tax_country, tax_rate_basis_points, shipping_method, email, shipping_address, billing_address, expires_at)
    values ($1, $2, $3, $4, 'authorised', $5, $6, 0, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16,
      now() + interval '15 minutes')`,
}

const lines = {
  name: 'place.lines',
  text: `
    insert into order_line (id, order_id, position, variant_id, product_id, sku, title, options, quantity, unit_amount,
      subtotal, discount, tax, total, restocked)
    select id, $1, position - 1, variant_id, product_id, sku, title, options, quantity, amount, subtotal, 0, tax, total, 0
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::int[], $9::bigint[],
      $10::bigint[], $11::bigint[], $12::bigint[]) with ordinality
      as line (id, variant_id, product_id, sku, title, options, quantity, amount, subtotal, tax, total, position)`,
}

const payment = {
  name: 'place.payment',
  text: `
    with ledger as (
      insert into test_payment (attempt_id, order_number, method, status, amount, currency)
      values ($1, $3, 'test_accept', 'authorised', $4, $5)
    )
    insert into payment_attempt (id, order_id, number, provider, status, wanted, amount, currency, refunded, method, reference)
    values ($1, $2, 1, 'test', 'authorised', true, $4, $5, 0, 'test_accept', 'test_' || $1)`,
}

const history = {
  name: 'place.history',
  text: `
    with moments as (
      insert into order_moment (id, order_id, what, actor, actor_kind, details)
      select id, $1, what, $2, 'guest', $3
      from unnest($4::text[], array['placed', 'payment_authorised']) as moment (id, what)
    ), counted as (
      insert into event_sequence (key, value) values ($1, 2)
    ), events as (
      insert into outbox_event (id, name, version, key, sequence, payload)
      select id, name, 1, $1, sequence, $5
      from unnest($6::text[], array['order.placed', 'order.payment_authorised'], array[1, 2]) as event (id, name, sequence)
    )
    insert into audit_entry (id, actor, actor_kind, action, subject, request_id, before, after)
    select id, $2, 'guest', 'order.place', $1, $7, before, $3
    from unnest($8::text[], array[null, '{"status":"pending_payment"}']::jsonb[]) as entry (id, before)`,
}

const close = {
  name: 'place.close',
  text: `
    with taken as (
      insert into idempotency_key (principal, procedure, key, request_hash, answer)
      values ('guest:' || $3, 'order.place', $4, $5, $6)
    )
    update cart set state = 'ordered', order_id = $2, updated_at = now(), email = null, shipping_address = null,
      billing_address = null
    where id = $1`,
}

const lockStock = {
  name: 'place.stock',
  text: `
    select variant_id, not tracked or on_hand - reserved >= quantity as enough
    from inventory_item item join unnest($1::text[], $2::int[]) as wanted (id, quantity) on wanted.id = item.variant_id
    order by variant_id for no key update of item`,
}

const reserve = {
  name: 'place.reserve',
  text: `
    with held as (
      insert into reservation (id, order_id, variant_id, quantity, state, expires_at)
      select id, $1, variant_id, quantity, 'live', now() + interval '15 minutes'
      from unnest($2::text[], $3::text[], $4::int[]) as wanted (id, variant_id, quantity)
      returning variant_id, quantity
    )
    update inventory_item item set reserved = item.reserved + held.quantity from held where item.variant_id = held.variant_id`,
}

export const place = (call: Call): Promise<string> => inTransaction(call.pool, (client) => write(client, call))

async function write(client: PoolClient, { input, guest, key }: Call): Promise<string> {
  const { cartId, quote } = input as { cartId: string; quote: string }
  const { rows } = await client.query({ ...lock, values: [cartId, guest] })
  if (rows[0]?.state !== 'open') throw new Refused('not this cart')
  const cart = await priced(client, cartId)
  if (sealed(cartId, cart) !== quote) throw new Refused('another price')

  const { row, sums } = cart
  const bought = cart.lines.map((line, index) => ({ ...line, ...sums.lines[index], id: newId('orderline') }))
  const [orderId, number, attemptId] = [newId('order'), newNumber(), newId('attempt')]
  const address = JSON.stringify(row.shipping_address)
  await client.query({
    ...order,
    values: [
      ...[orderId, number, cartId, guest, row.currency, sums.subtotal, sums.tax, sums.total, sums.shipping],
      ...[sums.shippingTax, row.included, row.tax_country, row.rate_basis_points, row.method_name, row.email, address],
    ],
  })
  const column = <K extends keyof (typeof bought)[number]>(name: K) => bought.map((line) => line[name])
  await client.query({
    ...lines,
    values: [
      ...[orderId, column('id'), column('variantId'), column('productId'), column('sku'), column('title')],
      column('options').map((options) => JSON.stringify(options)),
      ...[column('quantity'), column('amount'), column('subtotal'), column('tax'), column('total')],
    ],
  })
  await client.query({ ...payment, values: [attemptId, orderId, number, sums.total, row.currency] })
  const known = JSON.stringify({ orderId, attemptId, total: sums.total, currency: row.currency })
  const two = (kind: string) => [newId(kind), newId(kind)]
  const values = [orderId, `guest:${guest}`, known, two('moment'), known, two('event'), newId('request'), two('audit')]
  await client.query({ ...history, values })
  const answer = summary(orderId, number, row.currency, sums)
  const hash = createHmac('sha256', 'a secret of the bench').update(JSON.stringify(input)).digest('hex')
  const kept = `{"json":{"done":true,"value":${answer}}}`
  await client.query({ ...close, values: [cartId, orderId, guest, key, hash, kept] })

  const variantIds = column('variantId')
  const quantities = column('quantity')
  const stock = await client.query({ ...lockStock, values: [variantIds, quantities] })
  if (stock.rows.length < bought.length || !stock.rows.every(({ enough }) => enough)) throw new Refused('out of stock')
  const reservations = bought.map(() => newId('reservation'))
  await client.query({ ...reserve, values: [orderId, reservations, variantIds, quantities] })
  return `{"json":${answer}}`
}

function summary(
  id: string,
  number: string,
  currency: string,
  sums: Awaited<ReturnType<typeof priced>>['sums'],
): string {
  const { subtotal, discount, shipping, tax, taxIncluded, total } = sums
  const payment = { status: 'authorised', code: null, clientAction: null, captured: 0, refunded: 0 }
  const figures = { subtotal, discount, shipping, tax, taxIncluded, total }
  return JSON.stringify({ id, number, status: 'authorised', currency, ...figures, payment })
}

const signs = '23456789CDFGHJKMNPQRTVWXY'
const group = () => Array.from({ length: 3 }, () => signs[randomInt(signs.length)]).join('')
const newNumber = () => `${group()}-${group()}-${group()}`
