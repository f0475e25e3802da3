import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { flush, given } from '../../platform/flush.ts'
import { publish } from '../../platform/outbox.ts'
import { Category, type CategoryId } from './entity.ts'
import { categoryCycle, categoryInUse, categoryNotFound, categoryTooDeep, slugTaken } from './errors.ts'
import { CategoryChanged } from './events.ts'
import type { CategoryRef, CategoryView, CreateCategory, UpdateCategory } from './schema.ts'

const MAX_DEPTH = 8

export async function create(ctx: Context, input: CreateCategory): Promise<CategoryView> {
  await lockTree(ctx)
  if (input.parentId !== null) await checkPlace(ctx, null, input.parentId)
  const category = ctx.em.create(Category, input)
  await flush(ctx, { category_slug_unique: () => slugTaken({ slug: input.slug }) })
  return changed(ctx, category, 'created', null)
}

export async function update(ctx: Context, { id, ...fields }: UpdateCategory): Promise<CategoryView> {
  await lockTree(ctx)
  const category = await load(ctx, id)
  const before = view(category)
  if (fields.parentId != null) await checkPlace(ctx, id, fields.parentId)
  ctx.em.assign(category, given(fields))
  await flush(ctx, { category_slug_unique: () => slugTaken({ slug: category.slug }) })
  return changed(ctx, category, 'updated', before)
}

export async function remove(ctx: Context, { id }: CategoryRef): Promise<CategoryRef> {
  await lockTree(ctx)
  const category = await load(ctx, id)
  ctx.em.remove(category)
  await flush(ctx, { category_parent_fk: categoryInUse, product_category_category_fk: categoryInUse })
  await changed(ctx, category, 'deleted', view(category))
  return { id }
}

async function load(ctx: Context, id: CategoryId): Promise<Category> {
  const category = await ctx.em.findOne(Category, { id })
  if (category === null) throw categoryNotFound()
  return category
}

/** One writer of the tree at a time: two moves that are each right can make a circle together. */
const lockTree = (ctx: Context) => ctx.em.execute(`select pg_advisory_xact_lock(hashtext('category-tree'))`)

/** Refuses a parent that does not exist, lies below the category itself, or lies so deep that its subtree would not fit. */
async function checkPlace(ctx: Context, id: CategoryId | null, parentId: CategoryId): Promise<void> {
  const above: { id: CategoryId }[] = await ctx.em.execute(
    `with recursive above as (
       select id, parent_id from category where id = ?
       union all select c.id, c.parent_id from category c join above a on c.id = a.parent_id
     ) select id from above`,
    [parentId],
  )
  if (above.length === 0) throw categoryNotFound()
  if (above.some((category) => category.id === id)) throw categoryCycle()
  const [below]: { height: number }[] = await ctx.em.execute(
    `with recursive below as (
       select id, 1 as height from category where id = ?
       union all select c.id, b.height + 1 from category c join below b on c.parent_id = b.id
     ) select coalesce(max(height), 1) as height from below`,
    [id],
  )
  if (above.length + (below?.height ?? 1) > MAX_DEPTH) throw categoryTooDeep()
}

async function changed(
  ctx: Context,
  category: Category,
  change: 'created' | 'updated' | 'deleted',
  before: CategoryView | null,
): Promise<CategoryView> {
  const after = view(category)
  audit(ctx, { subject: category.id, before, after: change === 'deleted' ? null : after })
  await publish(ctx, CategoryChanged, category.id, { categoryId: category.id, change })
  return after
}

const view = ({ id, slug, name, parentId = null, position }: Category): CategoryView => ({
  id,
  slug,
  name,
  parentId,
  position,
})
