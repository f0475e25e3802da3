import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import type { UserId } from '../user/index.ts'
import { type AddressId, type AddressSchema, addressId } from './entity.ts'
import { addressNotFound } from './errors.ts'
import { ownerOf } from './owner.ts'
import type { AddressRef, AddressView, ListAddresses } from './schema.ts'

type Tables = InferKyselyDB<typeof AddressSchema>

const select = (ctx: Context, userId = ownerOf(ctx)) =>
  ctx.em
    .getKysely<Tables>()
    .selectFrom('address')
    .select([
      'id',
      'name',
      'line1',
      'line2',
      'city',
      'region',
      'postal_code as postalCode',
      'country_code as countryCode',
      'phone',
      'default_shipping as defaultShipping',
      'default_billing as defaultBilling',
    ])
    .where('user_id', '=', userId)

export async function get(ctx: Context, { id }: AddressRef): Promise<AddressView> {
  const address = await select(ctx).where('id', '=', id).executeTakeFirst()
  if (address === undefined) throw addressNotFound()
  return address
}

/** A customer's addresses from one on, oldest first. Whoever calls it has checked that they may see them. */
export const keptOf = (
  ctx: Context,
  userId: UserId,
  { after, limit }: { after: string; limit: number },
): Promise<AddressView[]> =>
  // The ids are text with a prefix of their own type: what stands in a cursor is compared as it is.
  select(ctx, userId)
    .where('id', '>', after as AddressId)
    .orderBy('id')
    .limit(limit)
    .execute()

/** Oldest first. */
export async function list(ctx: Context, input: ListAddresses): Promise<Page<AddressView>> {
  let rows = select(ctx)
    .orderBy('id')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    const [id] = decodeCursor(input.cursor, 'oldest', [addressId.schema])
    rows = rows.where('id', '>', id)
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('oldest', [row.id]),
    (row) => row,
  )
}
