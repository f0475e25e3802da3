import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, MAX_PAGE, type Page, toPage } from '../../platform/pages.ts'
import { type ProductId, productNotFound, variantId } from '../product/index.ts'
import type { ListShopVariants, ProductView, ShopVariant, ViewProduct } from './schema.ts'
import { buyable, inStock, left } from './stock.ts'
import { tables } from './tables.ts'

/** One product that is on sale, with its first 100 variants. */
export async function get(ctx: Context, input: ViewProduct): Promise<ProductView> {
  const product = await tables(ctx)
    .selectFrom('product')
    .leftJoin('listed_price', (join) =>
      join.onRef('listed_price.product_id', '=', 'product.id').on('listed_price.currency', '=', input.currency),
    )
    .where((eb) => ('id' in input ? eb('id', '=', input.id) : eb('slug', '=', input.slug)))
    .where('status', '=', 'active')
    .select((eb) => [
      'listed_price.min_amount as amount',
      'listed_price.max_amount as maxAmount',
      eb.exists(buyable(eb, input.currency)).as('available'),
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
    ])
    .executeTakeFirst()
  if (product === undefined) throw productNotFound()
  const { seoTitle, seoDescription, amount, maxAmount, ...fields } = product
  const { currency } = input
  return {
    ...fields,
    seo: { title: seoTitle, description: seoDescription },
    price: amount === null || maxAmount === null ? null : { currency, amount, maxAmount },
    available: Boolean(product.available),
    variants: await variantPage(ctx, { productId: product.id, currency, limit: MAX_PAGE }),
  }
}

/** The variants of a product that is on sale, page by page. */
export async function variants(ctx: Context, input: ListShopVariants): Promise<Page<ShopVariant>> {
  await checkOnSale(ctx, input.productId)
  return variantPage(ctx, input)
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

async function variantPage(ctx: Context, input: ListShopVariants): Promise<Page<ShopVariant>> {
  let rows = tables(ctx)
    .selectFrom('variant')
    .leftJoin('variant_price', (join) =>
      join.onRef('variant_price.variant_id', '=', 'variant.id').on('variant_price.currency', '=', input.currency),
    )
    .leftJoin('inventory_item', 'inventory_item.variant_id', 'variant.id')
    .where('variant.product_id', '=', input.productId)
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
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    const [position, id] = decodeCursor(input.cursor, 'product:variants', [z.int32(), variantId.schema])
    rows = rows.where((eb) => eb(eb.refTuple('variant.position', 'variant.id'), '>', eb.tuple(position, id)))
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('product:variants', [row.position, row.id]),
    ({ amount, compareAtAmount, inStock, ...row }) => ({
      ...row,
      price: amount === null ? null : { currency: input.currency, amount, compareAtAmount },
      available: inStock && amount !== null,
    }),
  )
}
