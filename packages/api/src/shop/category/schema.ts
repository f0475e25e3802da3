import { z } from 'zod'
import { pageInput } from '../../platform/pages.ts'
import { line, slug } from '../../platform/text.ts'
import { categoryId } from './entity.ts'

const fields = {
  slug,
  name: line(200),
  parentId: categoryId.schema.nullable(),
  position: z.int().min(0).max(1_000_000),
}

export const CategoryView = z.object({ id: categoryId.schema, ...fields })
export type CategoryView = z.infer<typeof CategoryView>

export const GetCategory = z.union([z.strictObject({ id: categoryId.schema }), z.strictObject({ slug })])
export type GetCategory = z.infer<typeof GetCategory>

export const CreateCategory = z.strictObject({
  ...fields,
  parentId: fields.parentId.default(null),
  position: fields.position.default(0),
})
export type CreateCategory = z.infer<typeof CreateCategory>

export const UpdateCategory = z.strictObject({ id: categoryId.schema, ...z.object(fields).partial().shape })
export type UpdateCategory = z.infer<typeof UpdateCategory>

export const CategoryRef = z.strictObject({ id: categoryId.schema })
export type CategoryRef = z.infer<typeof CategoryRef>

export const ListCategories = z.strictObject({
  ...pageInput,
  /** Only the children of this one; of the root when null; the whole tree when left out. */
  parentId: categoryId.schema.nullable().optional(),
})
export type ListCategories = z.infer<typeof ListCategories>
