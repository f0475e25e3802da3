import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { flush, given } from '../../platform/flush.ts'
import { publish } from '../../platform/outbox.ts'
import { type CategoryId, categoryNotFound, slugTaken } from '../category/index.ts'
import { Product, ProductCategory, type ProductOption, statusMoves } from './entity.ts'
import { productInUse, statusMoveRefused } from './errors.ts'
import { ProductChanged } from './events.ts'
import { refreshListedPrices } from './listed-prices.ts'
import { flushRemoval, lockProduct } from './lock.ts'
import { checkReplacement } from './options.ts'
import { record } from './queries.ts'
import type { CreateProduct, ProductRecord, ProductRef, SetProductStatus, UpdateProduct } from './schema.ts'
import { tables } from './tables.ts'

export async function create(ctx: Context, { seo, categoryIds, ...fields }: CreateProduct): Promise<ProductRecord> {
  const product = ctx.em.create(Product, { ...fields, seoTitle: seo.title, seoDescription: seo.description })
  for (const categoryId of categoryIds) ctx.em.create(ProductCategory, { productId: product.id, categoryId })
  await flushProduct(ctx, product)
  return changed(ctx, product, 'created', null)
}

export async function update(
  ctx: Context,
  { id, seo, categoryIds, options, ...fields }: UpdateProduct,
): Promise<ProductRecord> {
  const product = await lockProduct(ctx, id)
  const before = summary(product)
  if (options !== undefined) await replaceOptions(ctx, product, options)
  if (categoryIds !== undefined) await replaceCategories(ctx, product, categoryIds)
  ctx.em.assign(product, {
    ...given(fields),
    ...(seo && { seoTitle: seo.title, seoDescription: seo.description }),
    updatedAt: ctx.now(),
  })
  await flushProduct(ctx, product)
  return changed(ctx, product, 'updated', before, Object.keys(given({ ...fields, seo, categoryIds, options })))
}

export async function setStatus(ctx: Context, { id, status }: SetProductStatus): Promise<ProductRecord> {
  const product = await lockProduct(ctx, id)
  const before = summary(product)
  const from = product.status
  if (from !== status && !statusMoves[from].includes(status)) throw statusMoveRefused({ from, to: status })
  ctx.em.assign(product, { status, updatedAt: ctx.now() })
  await ctx.em.flush()
  await refreshListedPrices(ctx, [id])
  return changed(ctx, product, 'updated', before, ['status'])
}

/** Deletes a product with its variants; carts lose their lines of it. One that was ordered can only be archived. */
export async function remove(ctx: Context, { id }: ProductRef): Promise<ProductRef> {
  const product = await lockProduct(ctx, id)
  const { status } = product
  ctx.em.remove(product)
  await flushRemoval(ctx, productInUse)
  audit(ctx, { subject: id, before: summary(product), after: null })
  await publish(ctx, ProductChanged, id, { productId: id, change: 'deleted', status })
  return { id }
}

const flushProduct = (ctx: Context, product: Product) =>
  flush(ctx, {
    product_slug_unique: () => slugTaken({ slug: product.slug }),
    product_category_category_fk: categoryNotFound,
  })

async function replaceOptions(ctx: Context, product: Product, options: ProductOption[]): Promise<void> {
  const variants = await tables(ctx)
    .selectFrom('variant')
    .select('options')
    .where('product_id', '=', product.id)
    .execute()
  checkReplacement(
    options,
    variants.map((variant) => variant.options),
  )
  const renamed = options.some((option, index) => option.name !== product.options[index]?.name)
  product.options = options
  if (!renamed) return
  await ctx.em.execute(
    `update variant set options = (
       select coalesce(jsonb_agg(jsonb_build_object('name', (?::jsonb)->>(o.ordinality - 1)::int, 'value', o.value->'value')
         order by o.ordinality), '[]') from jsonb_array_elements(variant.options) with ordinality o
     ) where product_id = ?`,
    [JSON.stringify(options.map((option) => option.name)), product.id],
  )
}

async function replaceCategories(ctx: Context, product: Product, categoryIds: readonly CategoryId[]): Promise<void> {
  const present = await ctx.em.find(ProductCategory, { productId: product.id })
  for (const link of present) if (!categoryIds.includes(link.categoryId)) ctx.em.remove(link)
  const known = new Set(present.map((link) => link.categoryId))
  for (const categoryId of categoryIds) {
    if (!known.has(categoryId)) ctx.em.create(ProductCategory, { productId: product.id, categoryId })
  }
}

async function changed(
  ctx: Context,
  product: Product,
  change: 'created' | 'updated',
  before: object | null,
  fields?: readonly string[],
): Promise<ProductRecord> {
  const { id, status } = product
  audit(ctx, { subject: id, before, after: { ...summary(product), ...(fields && { fields }) } })
  await publish(ctx, ProductChanged, id, { productId: id, change, status })
  return record(ctx, { id })
}

const summary = ({ slug, title, status }: Product) => ({ slug, title, status })
