import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { z } from 'zod'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { type CategorySchema, categoryId } from './entity.ts'
import { categoryNotFound } from './errors.ts'
import type { CategoryView, GetCategory, ListCategories } from './schema.ts'

type Tables = InferKyselyDB<typeof CategorySchema>

const select = (ctx: Context) =>
  ctx.em.getKysely<Tables>().selectFrom('category').select(['id', 'slug', 'name', 'parent_id as parentId', 'position'])

export async function get(ctx: Context, by: GetCategory): Promise<CategoryView> {
  const one = 'id' in by ? select(ctx).where('id', '=', by.id) : select(ctx).where('slug', '=', by.slug)
  const category = await one.executeTakeFirst()
  if (category === undefined) throw categoryNotFound()
  return category
}

/** The tree, flat: siblings by position, so that a reader who groups by `parentId` has it in order. */
export async function list(ctx: Context, input: ListCategories): Promise<Page<CategoryView>> {
  let rows = select(ctx)
    .orderBy('position')
    .orderBy('id')
    .limit(input.limit + 1)
  if (input.parentId !== undefined) {
    rows = input.parentId === null ? rows.where('parent_id', 'is', null) : rows.where('parent_id', '=', input.parentId)
  }
  if (input.cursor !== undefined) {
    const [position, id] = decodeCursor(input.cursor, 'position', [z.int32(), categoryId.schema])
    rows = rows.where((eb) => eb(eb.refTuple('position', 'id'), '>', eb.tuple(position, id)))
  }
  const cursorOf = (row: CategoryView) => encodeCursor('position', [row.position, row.id])
  return toPage(await rows.execute(), input.limit, cursorOf, (row) => row)
}
