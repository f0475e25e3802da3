import type { InferKyselyDB } from '@mikro-orm/postgresql'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { CountryCode } from '../address/index.ts'
import type { TaxRateSchema } from './entity.ts'
import { taxRateNotFound } from './errors.ts'
import type { ListTaxRates, TaxRateRef, TaxRateView } from './schema.ts'

const select = (ctx: Context) =>
  ctx.em
    .getKysely<InferKyselyDB<typeof TaxRateSchema>>()
    .selectFrom('tax_rate')
    .select(['id', 'country_code as countryCode', 'name', 'rate_basis_points as rateBasisPoints', 'included'])

export async function get(ctx: Context, { id }: TaxRateRef): Promise<TaxRateView> {
  const rate = await select(ctx).where('id', '=', id).executeTakeFirst()
  if (rate === undefined) throw taxRateNotFound()
  return rate
}

/** By country code. */
export async function list(ctx: Context, input: ListTaxRates): Promise<Page<TaxRateView>> {
  let rows = select(ctx)
    .orderBy('country_code')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    const [after] = decodeCursor(input.cursor, 'country', [CountryCode])
    rows = rows.where('country_code', '>', after)
  }
  const cursorOf = (row: TaxRateView) => encodeCursor('country', [row.countryCode])
  return toPage(await rows.execute(), input.limit, cursorOf, (row) => row)
}
