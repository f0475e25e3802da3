import { type RawBuilder, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, MAX_PAGE, type Page, toPage } from '../../platform/pages.ts'
import { statements } from '../../platform/statement.ts'
import { type ProductId, productNotFound, type VariantId, variantId } from '../product/index.ts'
import type { ListShopVariants, ProductView, ShopVariant, ViewProduct } from './schema.ts'
import { buyable, inStock, left } from './stock.ts'
import { catalogue, tables } from './tables.ts'

const productOf = statements(
  (input: ViewProduct) => ('id' in input ? 'id' : 'slug'),
  (given, input) => {
    const currency = given((asked) => asked.currency)
    return catalogue
      .selectFrom('product')
      .leftJoin('listed_price', (join) =>
        join.onRef('listed_price.product_id', '=', 'product.id').on('listed_price.currency', '=', currency),
      )
      .where('status', '=', 'active')
      .where((eb) =>
        'id' in input
          ? eb(
              'id',
              '=',
              given((asked) => ('id' in asked ? asked.id : input.id)),
            )
          : eb(
              'slug',
              '=',
              given((asked) => ('slug' in asked ? asked.slug : input.slug)),
            ),
      )
      .select((eb) => [
        'listed_price.min_amount as amount',
        'listed_price.max_amount as maxAmount',
        eb.exists(buyable(eb, currency)).as('available'),
        'id',
        'slug',
        'title',
        'description',
        'vendor',
        'type',
        'tags',
        'options',
        'images',
        'attributes',
        'seo_title as seoTitle',
        'seo_description as seoDescription',
        jsonArrayFrom(
          eb
            .selectFrom('product_category')
            .innerJoin('category', 'category.id', 'product_category.category_id')
            .whereRef('product_category.product_id', '=', 'product.id')
            .select(['category.id', 'category.slug', 'category.name'])
            .orderBy('category.id'),
        ).as('categories'),
        jsonArrayFrom(
          variantRows(currency)
            .whereRef('variant.product_id', '=', sql.ref('product.id'))
            .limit(sql.lit(MAX_PAGE + 1)),
        ).as('variants'),
      ])
  },
  { quick: true },
)

/** One product that is on sale, with its first 100 variants. */
export async function get(ctx: Context, input: ViewProduct): Promise<ProductView> {
  const [product] = await productOf(ctx, input)
  if (product === undefined) throw productNotFound()
  const { seoTitle, seoDescription, amount, maxAmount, variants, ...fields } = product
  const { currency } = input
  return {
    ...fields,
    seo: { title: seoTitle, description: seoDescription },
    price: amount === null || maxAmount === null ? null : { currency, amount, maxAmount },
    available: Boolean(product.available),
    variants: pageOfVariants(variants, MAX_PAGE, currency),
  }
}

/** The variants of a product that is on sale, page by page. */
export async function variants(ctx: Context, input: ListShopVariants): Promise<Page<ShopVariant>> {
  await checkOnSale(ctx, input.productId)
  const after = input.cursor === undefined ? null : placeOf(input.cursor)
  return pageOfVariants(await variantsOf(ctx, { ...input, after }), input.limit, input.currency)
}

async function checkOnSale(ctx: Context, id: ProductId): Promise<void> {
  const product = await tables(ctx)
    .selectFrom('product')
    .select('id')
    .where('id', '=', id)
    .where('status', '=', 'active')
    .executeTakeFirst()
  if (product === undefined) throw productNotFound()
}

/** The variants shoppers see, in order. */
const variantRows = (currency: RawBuilder<string>) =>
  catalogue
    .selectFrom('variant')
    .leftJoin('variant_price', (join) =>
      join.onRef('variant_price.variant_id', '=', 'variant.id').on('variant_price.currency', '=', currency),
    )
    .leftJoin('inventory_item', 'inventory_item.variant_id', 'variant.id')
    .where('variant.status', '=', 'active')
    .select([
      'variant.id',
      'variant.sku',
      'variant.title',
      'variant.options',
      'variant.position',
      'variant.weight_grams as weightGrams',
      'variant.requires_shipping as requiresShipping',
      'variant.image_url as imageUrl',
      'variant_price.amount',
      'variant_price.compare_at_amount as compareAtAmount',
      inStock.as('inStock'),
      left.as('left'),
    ])
    .orderBy('variant.position')
    .orderBy('variant.id')

const variantsOf = statements(
  ({ after }: { productId: ProductId; currency: string; limit: number; after: Place | null }) => `${after === null}`,
  (given, { after }) => {
    const rows = variantRows(given(({ currency }) => currency))
      .where(
        'variant.product_id',
        '=',
        given(({ productId }) => productId),
      )
      .limit(given(({ limit }) => limit + 1))
    if (after === null) return rows
    const place = sql<never>`(${given((asked) => asked.after?.position ?? 0)}, ${given((asked) => asked.after?.id ?? '')})`
    return rows.where((eb) => eb(eb.refTuple('variant.position', 'variant.id'), '>', place))
  },
  { quick: true },
)

interface Place {
  readonly position: number
  readonly id: VariantId
}

function placeOf(cursor: string): Place {
  const [position, id] = decodeCursor(cursor, 'product:variants', [z.int32(), variantId.schema])
  return { position, id }
}

type VariantRow = Awaited<ReturnType<typeof variantsOf>>[number]

const pageOfVariants = (rows: readonly VariantRow[], limit: number, currency: string): Page<ShopVariant> =>
  toPage(
    rows,
    limit,
    (row) => encodeCursor('product:variants', [row.position, row.id]),
    ({ amount, compareAtAmount, inStock, ...row }) => ({
      ...row,
      price: amount === null ? null : { currency, amount, compareAtAmount },
      available: inStock && amount !== null,
    }),
  )
