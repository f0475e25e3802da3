import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, MAX_PAGE, type Page, toPage } from '../../platform/pages.ts'
import { productId } from './entity.ts'
import { productNotFound } from './errors.ts'
import type { GetProduct, ListAllProducts, ProductDetails, ProductRecord, ProductSummary } from './schema.ts'
import { tables } from './tables.ts'
import { titleHolds } from './title.ts'
import { listVariants } from './variant-queries.ts'

const summaries = (ctx: Context) =>
  tables(ctx)
    .selectFrom('product')
    .select((eb) => [
      'product.id',
      'product.slug',
      'product.title',
      'product.vendor',
      'product.type',
      'product.status',
      'product.created_at as createdAt',
      'product.updated_at as updatedAt',
      eb.fn
        .coalesce(
          eb
            .selectFrom('variant')
            .whereRef('variant.product_id', '=', 'product.id')
            .select((count) => count.fn.countAll<number>().as('count')),
          eb.val(0),
        )
        .as('variantCount'),
    ])

/** A product whatever its status, without its variants. */
export async function record(ctx: Context, by: GetProduct): Promise<ProductRecord> {
  const all = summaries(ctx).select((eb) => [
    'product.description',
    'product.options',
    'product.images',
    'product.attributes',
    'product.tags',
    'product.seo_title as seoTitle',
    'product.seo_description as seoDescription',
    jsonArrayFrom(
      eb
        .selectFrom('product_category')
        .whereRef('product_category.product_id', '=', 'product.id')
        .select('product_category.category_id as id')
        .orderBy('product_category.category_id'),
    ).as('categories'),
  ])
  const one = 'id' in by ? all.where('product.id', '=', by.id) : all.where('product.slug', '=', by.slug)
  const product = await one.executeTakeFirst()
  if (product === undefined) throw productNotFound()
  const { seoTitle, seoDescription, categories, ...fields } = product
  return {
    ...fields,
    seo: { title: seoTitle, description: seoDescription },
    categoryIds: categories.map((category) => category.id),
  }
}

/** A product whatever its status, with its first 100 variants. */
export async function getAny(ctx: Context, by: GetProduct): Promise<ProductDetails> {
  const product = await record(ctx, by)
  return { ...product, variants: await listVariants(ctx, { productId: product.id, limit: MAX_PAGE }) }
}

/** Every product. */
export async function listAll(ctx: Context, input: ListAllProducts): Promise<Page<ProductSummary>> {
  const { status, categoryId, text, sort, cursor, limit } = input
  let rows = summaries(ctx)
    .orderBy('product.id', sort === 'newest' ? 'desc' : 'asc')
    .limit(limit + 1)
  if (status !== undefined) rows = rows.where('product.status', '=', status)
  if (text !== undefined) rows = rows.where(titleHolds(text))
  if (categoryId !== undefined) {
    rows = rows.where((eb) =>
      eb.exists(
        eb
          .selectFrom('product_category')
          .whereRef('product_category.product_id', '=', 'product.id')
          .where('product_category.category_id', '=', categoryId)
          .select('product_category.product_id'),
      ),
    )
  }
  if (cursor !== undefined) {
    const [id] = decodeCursor(cursor, `all:${sort}`, [productId.schema])
    rows = rows.where('product.id', sort === 'newest' ? '<' : '>', id)
  }
  return toPage(
    await rows.execute(),
    limit,
    (row) => encodeCursor(`all:${sort}`, [row.id]),
    (row) => row,
  )
}
