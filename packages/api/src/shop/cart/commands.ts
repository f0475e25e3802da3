import { sql } from 'kysely'
import { lastly } from '../../platform/closing.ts'
import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import { ensureGuest } from '../../platform/guest.ts'
import { atOnce, type Given, statement, statements } from '../../platform/statement.ts'
import { shippingMethodNotFound } from '../shipping/index.ts'
import * as user from '../user/index.ts'
import { cartId } from './entity.ts'
import { cartNotFound, shippingMethodUnavailable } from './errors.ts'
import { type Locked, mustBeOpen } from './lock.ts'
import { belongsTo, type Owner, ownerOf } from './owner.ts'
import { priceCart } from './price.ts'
import { reading } from './read.ts'
import type { CartRef, CartView, CreateCart, SetDetails, SetShippingMethod } from './schema.ts'
import { db } from './tables.ts'
import { viewOf } from './view.ts'

const begin = statement(
  (given: Given<CreateCart & { owner: Owner }>) => sql`
    insert into cart (id, customer_id, guest, state, currency, country_code)
    values (${given(() => cartId.new())}, ${given(({ owner }) => ('customerId' in owner ? owner.customerId : null))},
      ${given(({ owner }) => ('guest' in owner ? owner.guest : null))}, 'open', ${given(({ currency }) => currency)},
      ${given(({ countryCode }) => countryCode)})
    on conflict do nothing`,
)

/** Begins a cart, or answers the one that is open: of many calls at once there is one. */
export async function create(ctx: Context, { currency, countryCode }: CreateCart): Promise<CartView> {
  const owner = shopperOf(ctx)
  // One at a time gives a customer their open cart, and none while they are erased.
  if ('customerId' in owner && (await user.lockActive(ctx, owner.customerId)) === null) throw common.unauthenticated()
  const [, [row]] = await atOnce(lastly(ctx), begin.of({ owner, currency, countryCode }), reading({ openOf: owner }))
  if (row === undefined) throw new Error('a cart that was just begun is not there')
  return viewOf(ctx, priceCart(row))
}

/** The shopper who calls; a visitor gets a token with their first cart. */
function shopperOf(ctx: Context): Owner {
  const owner = ownerOf(ctx)
  if (owner !== null) return owner
  if (ctx.actor.kind !== 'guest') throw common.forbidden()
  return { guest: ensureGuest(ctx) }
}

const columns = {
  countryCode: 'country_code',
  shippingAddress: 'shipping_address',
  billingAddress: 'billing_address',
  email: 'email',
} as const
const details = Object.keys(columns) as (keyof typeof columns)[]
const isGiven = (input: SetDetails) => (name: keyof typeof columns) => input[name] !== undefined

const detail = statements(
  (input: SetDetails) => details.filter(isGiven(input)).join(),
  (given, input) => {
    const set = details
      .filter(isGiven(input))
      .map((name) => sql`${sql.ref(columns[name])} = ${given((now) => now[name])}, `)
    return sql`
      update cart set ${sql.join(set, sql``)} updated_at = now() where id = ${given(({ cartId }) => cartId)}`
  },
)

/** Writes the fields that were given, and no other: what somebody else sets at the same moment stays. */
export async function setDetails(ctx: Context, { cartId, ...input }: SetDetails, locked: Locked): Promise<CartView> {
  mustBeOpen(locked)
  const [, [row]] = await atOnce(lastly(ctx), detail.of({ cartId, ...input }), reading({ id: cartId }))
  if (row === undefined) throw cartNotFound()
  return viewOf(ctx, priceCart(row))
}

const choose = statement(
  (given: Given<SetShippingMethod>) => sql`
    update cart set shipping_method_id = method.id, updated_at = now()
    from (select ${given(({ shippingMethodId }) => shippingMethodId)}::text as wanted) as choice
    left join shipping_method as method on method.id = choice.wanted
    where cart.id = ${given(({ cartId }) => cartId)} and (choice.wanted is null or method.id is not null)
    returning cart.id`,
)

export async function setShippingMethod(
  ctx: Context,
  { cartId, shippingMethodId }: SetShippingMethod,
  locked: Locked,
): Promise<CartView> {
  mustBeOpen(locked)
  const [rows, [row]] = await atOnce(ctx, choose.of({ cartId, shippingMethodId }), reading({ id: cartId }))
  if (rows.length === 0) throw shippingMethodNotFound()
  if (row === undefined) throw cartNotFound()
  const view = viewOf(ctx, priceCart(row))
  if (shippingMethodId !== null && view.shippingMethod === null) throw shippingMethodUnavailable()
  return view
}

/** Deletes a shopper's own cart, ordered or not; an order that was made of it stays. */
export async function remove(ctx: Context, { id }: CartRef): Promise<CartRef> {
  const gone = await db(ctx)
    .deleteFrom('cart')
    .where('id', '=', id)
    .where(belongsTo(ownerOf(ctx)))
    .returning('id')
    .executeTakeFirst()
  if (gone === undefined) throw cartNotFound()
  return { id }
}

/** Deletes all carts of a customer, who asked to be forgotten. */
export async function eraseOf(ctx: Context, userId: user.UserId): Promise<void> {
  await db(ctx).deleteFrom('cart').where('customer_id', '=', userId).execute()
}
