import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import { given } from '../../platform/flush.ts'
import * as user from '../user/index.ts'
import { Address, type AddressId } from './entity.ts'
import { addressNotFound, tooManyAddresses } from './errors.ts'
import { ownerOf } from './owner.ts'
import type { AddressRef, AddressView, CreateAddress, UpdateAddress } from './schema.ts'

const MAX_ADDRESSES = 50

export async function create(ctx: Context, input: CreateAddress): Promise<AddressView> {
  const userId = await lockOwner(ctx)
  const kept = await ctx.em.count(Address, { userId })
  if (kept >= MAX_ADDRESSES) throw tooManyAddresses({ maximum: MAX_ADDRESSES })
  await stepDown(ctx, userId, input)
  const address = ctx.em.create(Address, { userId, ...input })
  audit(ctx, { subject: address.id, after: { userId } })
  return view(address)
}

export async function update(ctx: Context, { id, ...fields }: UpdateAddress): Promise<AddressView> {
  const userId = await lockOwner(ctx)
  const address = await load(ctx, userId, id)
  await stepDown(ctx, userId, fields)
  ctx.em.assign(address, given(fields))
  // Which fields, not what they say: an audit row holds nothing personal.
  audit(ctx, { subject: id, after: { userId, changed: Object.keys(given(fields)) } })
  return view(address)
}

export async function remove(ctx: Context, { id }: AddressRef): Promise<AddressRef> {
  const userId = await lockOwner(ctx)
  ctx.em.remove(await load(ctx, userId, id))
  audit(ctx, { subject: id, before: { userId } })
  return { id }
}

/** Deletes every address of a user, who is locked by the caller. */
export async function eraseOf(ctx: Context, userId: user.UserId): Promise<void> {
  await ctx.em.nativeDelete(Address, { userId })
}

/** One writer of a person's addresses at a time: for the limit, the defaults, and against an erasure under way. */
async function lockOwner(ctx: Context): Promise<user.UserId> {
  const owner = await user.lockActive(ctx, ownerOf(ctx))
  if (owner === null) throw common.unauthenticated()
  return owner.id
}

async function load(ctx: Context, userId: user.UserId, id: AddressId): Promise<Address> {
  const address = await ctx.em.findOne(Address, { id, userId })
  if (address === null) throw addressNotFound()
  return address
}

/** There is one default of each kind: the one before steps down first. */
async function stepDown(
  ctx: Context,
  userId: user.UserId,
  next: { defaultShipping?: boolean | undefined; defaultBilling?: boolean | undefined },
): Promise<void> {
  await ctx.em.execute(
    `update address set default_shipping = default_shipping and not ?, default_billing = default_billing and not ?
     where user_id = ? and (default_shipping or default_billing)`,
    [next.defaultShipping ?? false, next.defaultBilling ?? false, userId],
  )
}

const view = (address: Address): AddressView => ({
  id: address.id,
  name: address.name,
  line1: address.line1,
  line2: address.line2 ?? null,
  city: address.city,
  region: address.region ?? null,
  postalCode: address.postalCode ?? null,
  countryCode: address.countryCode,
  phone: address.phone ?? null,
  defaultShipping: address.defaultShipping,
  defaultBilling: address.defaultBilling,
})
