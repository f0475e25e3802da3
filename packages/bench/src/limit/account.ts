import { createHash, randomBytes } from 'node:crypto'
import { verify } from '@node-rs/argon2'
import type { address } from '../seed.ts'
import { newId } from './ids.ts'
import { Refused } from './refused.ts'
import type { Call } from './server.ts'
import { inTransaction } from './transaction.ts'

export const hashOf = (token: string | string[] | undefined): string | null =>
  typeof token === 'string' && token !== '' ? createHash('sha256').update(token).digest('hex') : null

// Who is signed in, and their order if it is theirs, in one statement.
const owned = {
  name: 'order',
  text: `
    select o.id, o.number, o.status, o.currency, o.subtotal, o.discount, o.shipping, o.tax, o.tax_included, o.total,
      o.cancel_reason, o.email, o.shipping_address, o.billing_address, o.shipping_method, o.carrier, o.tracking_code,
      o.created_at, o.expires_at,
      (select coalesce(json_agg(json_build_object('id', l.id, 'variantId', l.variant_id, 'productId', l.product_id,
          'sku', l.sku, 'title', l.title, 'options', l.options, 'quantity', l.quantity, 'unitAmount', l.unit_amount,
          'subtotal', l.subtotal, 'discount', l.discount, 'tax', l.tax, 'total', l.total, 'restocked', l.restocked)
          order by l.position), '[]')
       from order_line l where l.order_id = o.id) as lines,
      (select coalesce(json_agg(json_build_object('status', a.status, 'wanted', a.wanted, 'amount', a.amount,
          'refunded', a.refunded, 'code', a.code, 'clientAction', a.client_action) order by a.number desc), '[]')
       from payment_attempt a where a.order_id = o.id) as attempts
    from session s
    join "user" u on u.id = s.user_id and u.epoch = s.epoch and u.status = 'active'
    join "order" o on o.customer_id = u.id
    where s.id = $1 and s.expires_at > now() and o.id = $2`,
}

export async function order({ pool, session, input }: Call): Promise<string> {
  const { rows } = await pool.query({ ...owned, values: [session, input.orderId] })
  const row = rows[0]
  if (row === undefined) throw new Refused('no such order')
  const attempts: {
    status: string
    wanted: boolean
    amount: number
    refunded: number
    code: string | null
    clientAction: object | null
  }[] = row.attempts
  const captured = attempts.filter((attempt) => attempt.status === 'captured')
  const unpaid = row.status === 'pending_payment' || row.status === 'payment_failed'
  const json = {
    ...{ id: row.id, number: row.number, status: row.status, currency: row.currency, subtotal: row.subtotal },
    ...{
      discount: row.discount,
      shipping: row.shipping,
      tax: row.tax,
      taxIncluded: row.tax_included,
      total: row.total,
    },
    payment: {
      status: attempts[0]?.status ?? 'pending',
      code: attempts[0]?.code ?? null,
      clientAction: attempts[0]?.wanted ? attempts[0].clientAction : null,
      captured: captured.reduce((sum, attempt) => sum + attempt.amount, 0),
      refunded: captured.reduce((sum, attempt) => sum + attempt.refunded, 0),
    },
    ...{ cancelReason: row.cancel_reason, email: row.email, shippingAddress: addressOf(row.shipping_address) },
    ...{ billingAddress: addressOf(row.billing_address), shippingMethod: row.shipping_method, carrier: row.carrier },
    ...{ trackingCode: row.tracking_code, lines: row.lines, createdAt: row.created_at },
    payUntil: unpaid ? row.expires_at : null,
  }
  const dates = unpaid ? '"createdAt":["Date"],"payUntil":["Date"]' : '"createdAt":["Date"]'
  return `{"json":${JSON.stringify(json)},"meta":{"values":{${dates}},"v":1}}`
}

// jsonb keeps keys in an order of its own.
const addressOf = ({ name, line1, line2, city, region, postalCode, countryCode, phone }: typeof address) => ({
  ...{ name, line1, line2, city, region, postalCode, countryCode, phone },
})

const byEmail = {
  name: 'byEmail',
  text: `select u.id, u.email, u.name, u.role, u.permissions, u.email_verified_at, u.epoch, c.password_hash
         from "user" u join credential c on c.user_id = u.id where u.email_key = $1 and u.status = 'active'`,
}

// The user's row first: sessions begun at the same moment would not see each other, and be too many.
const hold = {
  name: 'hold',
  text: `select 1 from "user" u join credential c on c.user_id = u.id
         where u.id = $1 and u.status = 'active' and c.password_hash = $2 for no key update of u`,
}

const beginSession = {
  name: 'session',
  text: `
    with begun as (
      insert into session (id, user_id, epoch, idle_seconds, expires_at, ends_at)
      values ($1, $2, $3, 1209600, now() + interval '14 days', now() + interval '90 days')
    ), noted as (
      insert into audit_entry (id, actor, actor_kind, action, subject, request_id)
      values ($4, 'anonymous', 'guest', 'auth.login', $2, $5)
    )
    delete from session where user_id = $2 and (expires_at <= now() or id not in (
      select id from session where user_id = $2 and expires_at > now() order by created_at desc limit 19))`,
}

export async function login({ pool, input, setHeader }: Call): Promise<string> {
  const { email, password } = input as { email: string; password: string }
  const { rows } = await pool.query({ ...byEmail, values: [email.toLowerCase().normalize('NFKC')] })
  const user = rows[0]
  if (user === undefined || !(await verify(user.password_hash, password))) throw new Refused('wrong credentials')
  const token = `bs_${randomBytes(32).toString('base64url')}`
  await inTransaction(pool, async (client) => {
    const held = await client.query({ ...hold, values: [user.id, user.password_hash] })
    if (held.rowCount === 0) throw new Refused('wrong credentials')
    await client.query({
      ...beginSession,
      values: [hashOf(token), user.id, user.epoch, newId('audit'), newId('request')],
    })
  })
  setHeader('barrow-session', token)
  const { id, name, role, permissions } = user
  return JSON.stringify({
    json: { id, email: user.email, name, role, permissions, emailVerified: user.email_verified_at !== null },
  })
}
