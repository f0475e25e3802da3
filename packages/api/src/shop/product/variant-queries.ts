import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { type VariantId, variantId } from './entity.ts'
import { variantNotFound } from './errors.ts'
import { tables } from './tables.ts'
import type { GetVariant, ListVariants, VariantView } from './variant-schema.ts'

const select = (ctx: Context) =>
  tables(ctx)
    .selectFrom('variant')
    .select((eb) => [
      'variant.id',
      'variant.product_id as productId',
      'variant.sku',
      'variant.barcode',
      'variant.title',
      'variant.options',
      'variant.status',
      'variant.weight_grams as weightGrams',
      'variant.requires_shipping as requiresShipping',
      'variant.taxable',
      'variant.position',
      'variant.image_url as imageUrl',
      jsonArrayFrom(
        eb
          .selectFrom('variant_price')
          .whereRef('variant_price.variant_id', '=', 'variant.id')
          .select(['currency', 'amount', 'compare_at_amount as compareAtAmount'])
          .orderBy('currency'),
      ).as('prices'),
    ])

export async function getVariant(ctx: Context, by: GetVariant): Promise<VariantView> {
  const one = 'id' in by ? select(ctx).where('id', '=', by.id) : select(ctx).where('sku', '=', by.sku)
  const variant = await one.executeTakeFirst()
  if (variant === undefined) throw variantNotFound()
  return variant
}

/** The variants of these ids, in order of position. */
export function variantsById(ctx: Context, ids: readonly VariantId[]): Promise<VariantView[]> {
  return select(ctx).where('id', 'in', ids).orderBy('position').orderBy('id').execute()
}

export async function listVariants(ctx: Context, input: ListVariants): Promise<Page<VariantView>> {
  let rows = select(ctx)
    .where('product_id', '=', input.productId)
    .orderBy('position')
    .orderBy('id')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    const [position, id] = decodeCursor(input.cursor, 'variants', [z.int32(), variantId.schema])
    rows = rows.where((eb) => eb(eb.refTuple('position', 'id'), '>', eb.tuple(position, id)))
  }
  return toPage(await rows.execute(), input.limit, cursorOf, (row) => row)
}

const cursorOf = (row: VariantView) => encodeCursor('variants', [row.position, row.id])
