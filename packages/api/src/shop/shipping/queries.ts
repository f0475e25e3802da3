import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { type ShippingMethodSchema, type ShippingPriceSchema, shippingMethodId } from './entity.ts'
import { shippingMethodNotFound } from './errors.ts'
import type {
  AvailableShippingMethods,
  ListShippingMethods,
  ShippingMethodRef,
  ShippingMethodView,
  ShippingOffer,
} from './schema.ts'

const db = (ctx: Context) => ctx.em.getKysely<InferKyselyDB<typeof ShippingMethodSchema | typeof ShippingPriceSchema>>()

const select = (ctx: Context) =>
  db(ctx)
    .selectFrom('shipping_method as method')
    .select(['id', 'name', 'description', 'countries', 'active', 'position'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('shipping_price')
          .select(['currency', 'amount'])
          .whereRef('method_id', '=', 'method.id')
          .orderBy('currency'),
      ).as('prices'),
    )

const order = [z.int32(), shippingMethodId.schema] as const

const cursorOf = (row: { position: number; id: string }) => encodeCursor('position', [row.position, row.id])

export async function get(ctx: Context, { id }: ShippingMethodRef): Promise<ShippingMethodView> {
  const method = await select(ctx).where('id', '=', id).executeTakeFirst()
  if (method === undefined) throw shippingMethodNotFound()
  return method
}

export async function list(ctx: Context, input: ListShippingMethods): Promise<Page<ShippingMethodView>> {
  let rows = select(ctx)
    .orderBy('position')
    .orderBy('id')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    const [position, id] = decodeCursor(input.cursor, 'position', order)
    rows = rows.where((eb) => eb(eb.refTuple('position', 'id'), '>', eb.tuple(position, id)))
  }
  return toPage(await rows.execute(), input.limit, cursorOf, (row) => row)
}

/** What a shopper may choose from; the same rule as {@link isOffered}. */
export async function available(ctx: Context, input: AvailableShippingMethods): Promise<Page<ShippingOffer>> {
  let rows = db(ctx)
    .selectFrom('shipping_method as method')
    .innerJoin('shipping_price as price', 'price.method_id', 'method.id')
    .select(['id', 'name', 'description', 'position', 'amount', 'currency'])
    .where('active', '=', true)
    .where('currency', '=', input.currency)
    .where(sql<boolean>`(countries = '{}' or ${input.countryCode} = any (countries))`)
    .orderBy('position')
    .orderBy('id')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    const [position, id] = decodeCursor(input.cursor, 'position', order)
    rows = rows.where((eb) => eb(eb.refTuple('position', 'id'), '>', eb.tuple(position, id)))
  }
  return toPage(await rows.execute(), input.limit, cursorOf, ({ position: _, ...offer }) => offer)
}

/** Whether a method goes to a country; one that goes to some countries only waits until the country is known. */
export const isOffered = (method: { active: boolean; countries: readonly string[] }, country: string | null): boolean =>
  method.active && (method.countries.length === 0 || (country !== null && method.countries.includes(country)))
