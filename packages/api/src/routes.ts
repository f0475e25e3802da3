import { categoryRouter } from './shop/category/router.ts'

/** The table of contents: every procedure a caller can reach, by the name they call it. */
export const routes = {
  category: categoryRouter,
}
