import * as category from '@barrow/api/category'
import * as product from '@barrow/api/product'
import { noteChange } from '@barrow/api/work'
import { consumer } from '../consumer.ts'

/**
 * Tells the caches of all processes once more what has changed. Whoever changed it told them right after its commit, unless
 * it ended in between.
 */
export const cache = consumer({
  name: 'cache',
  events: [product.ProductChanged, product.VariantChanged, category.CategoryChanged],
  handle: async (ctx, event) => noteChange(ctx, event.key),
  replayable: true,
})
