import { z } from 'zod'
import { conflict, notFound } from '../../platform/errors.ts'

export const categoryNotFound = notFound('category_not_found', 'There is no such category.')
export const slugTaken = conflict('slug_taken', 'Another one has this slug.', z.object({ slug: z.string() }))
export const categoryInUse = conflict('category_in_use', 'The category still has subcategories or products.')
export const categoryCycle = conflict('category_cycle', 'A category cannot be below itself.')
export const categoryTooDeep = conflict('category_too_deep', 'The tree is at most 8 levels deep.')
