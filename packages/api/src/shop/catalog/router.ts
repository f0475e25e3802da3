import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { cursorExpired, searchNotReady } from '../../platform/search/errors.ts'
import { query } from '../../platform/trpc.ts'
import { categoryNotFound } from '../category/index.ts'
import { productNotFound } from '../product/index.ts'
import { list } from './list.ts'
import { ListProducts, ListShopVariants, ProductPage, ProductView, ShopVariant, ViewProduct } from './schema.ts'
import { SearchPage, SearchProducts } from './search/schema.ts'
import { search } from './search/search.ts'
import { get, variants } from './view.ts'

/** What shoppers read: product, price and stock in one. Drafts and archived products do not exist here. */
export const catalogRouter = {
  list: query(
    {
      access: 'public',
      rest: 'GET /products',
      summary: 'Products on sale in a currency, filtered, sorted, page by page.',
      input: ListProducts,
      output: ProductPage,
      errors: [categoryNotFound],
      kept: { of: ['product', 'category'], showsStock: true },
    },
    list,
  ),
  search: query(
    {
      access: 'public',
      rest: 'GET /products/search',
      limit: 'search',
      summary:
        'Products on sale that hold words, by relevance or another order, with counts of categories, prices and attributes.',
      input: SearchProducts,
      output: SearchPage,
      errors: [categoryNotFound, cursorExpired, searchNotReady],
    },
    search,
  ),
  get: query(
    {
      access: 'public',
      rest: ['GET /products/{id}', 'GET /products/by-slug/{slug}'],
      summary: 'One product on sale, by id or slug, with its first 100 variants, their prices and availability.',
      input: ViewProduct,
      output: ProductView,
      errors: [productNotFound],
      kept: { of: ['product', 'category'], about: ({ id }) => id, showsStock: true },
    },
    get,
  ),
  variants: query(
    {
      access: 'public',
      rest: 'GET /products/{productId}/variants',
      summary: 'The variants of a product on sale, in order, page by page.',
      input: ListShopVariants,
      output: pageOf(ShopVariant),
      errors: [productNotFound],
      kept: { of: ['product'], showsStock: true },
    },
    variants,
  ),
} satisfies TRPCRouterRecord
