import { sql } from 'kysely'
import { lastly } from '../../platform/closing.ts'
import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import { given } from '../../platform/flush.ts'
import { ensureGuest } from '../../platform/guest.ts'
import { type Given, statement } from '../../platform/statement.ts'
import { shippingMethodNotFound } from '../shipping/index.ts'
import * as user from '../user/index.ts'
import { cartId } from './entity.ts'
import { cartNotFound, shippingMethodUnavailable } from './errors.ts'
import { lockOpen } from './lock.ts'
import { belongsTo, type Owner, ownerOf } from './owner.ts'
import { get, openOf } from './queries.ts'
import type { CartRef, CartView, CreateCart, SetDetails, SetShippingMethod } from './schema.ts'
import { db } from './tables.ts'

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
  await begin(ctx, { owner, currency, countryCode })
  const view = await openOf(lastly(ctx), owner)
  if (view === null) throw new Error('a cart that was just begun is not there')
  return view
}

/** The shopper who calls; a visitor gets a token with their first cart. */
function shopperOf(ctx: Context): Owner {
  const owner = ownerOf(ctx)
  if (owner !== null) return owner
  if (ctx.actor.kind !== 'guest') throw common.forbidden()
  return { guest: ensureGuest(ctx) }
}

/** Writes the fields that were given, and no other: what somebody else sets at the same moment stays. */
export async function setDetails(ctx: Context, { cartId, ...input }: SetDetails): Promise<CartView> {
  await lockOpen(ctx, cartId)
  const { countryCode, shippingAddress, billingAddress, email } = input
  await db(ctx)
    .updateTable('cart')
    .set({
      ...given({
        country_code: countryCode,
        shipping_address: shippingAddress,
        billing_address: billingAddress,
        email,
      }),
      updated_at: sql<Date>`now()`,
    })
    .where('id', '=', cartId)
    .execute()
  return get(lastly(ctx), { id: cartId })
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
): Promise<CartView> {
  await lockOpen(ctx, cartId)
  const rows = await choose(ctx, { cartId, shippingMethodId })
  if (rows.length === 0) throw shippingMethodNotFound()
  const view = await get(ctx, { id: cartId })
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
