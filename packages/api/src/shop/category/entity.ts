import { defineEntity, p } from '@mikro-orm/core'
import { createdAt, id } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'

export const categoryId = idOf('category')
export type CategoryId = ReturnType<typeof categoryId.new>

export const CategorySchema = defineEntity({
  name: 'Category',
  properties: {
    id: id(categoryId),
    slug: p.string().length(255).collation('C').unique('category_slug_unique'),
    name: p.string().length(200),
    parentId: () =>
      p
        .manyToOne(Category)
        .fieldName('parent_id')
        .mapToPk()
        .nullable()
        .deleteRule('restrict')
        .foreignKeyName('category_parent_fk'),
    /** Order among its siblings, smallest first. */
    position: p.integer(),
    createdAt: createdAt(),
  },
  indexes: [{ name: 'category_parent', properties: ['parentId'] }],
  checks: [{ name: 'category_not_own_parent', expression: 'parent_id <> id' }],
})
export class Category extends CategorySchema.class {}
CategorySchema.setClass(Category)
