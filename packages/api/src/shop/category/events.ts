import { z } from 'zod'
import { defineEvent } from '../../platform/event-contract.ts'
import { categoryId } from './entity.ts'

export const CategoryChanged = defineEvent(
  'category.changed',
  1,
  z.object({ categoryId: categoryId.schema, change: z.enum(['created', 'updated', 'deleted']) }),
)
