import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { create, remove, update } from './commands.ts'
import { categoryCycle, categoryInUse, categoryNotFound, categoryTooDeep, slugTaken } from './errors.ts'
import { get, list } from './queries.ts'
import { CategoryRef, CategoryView, CreateCategory, GetCategory, ListCategories, UpdateCategory } from './schema.ts'

export const categoryRouter = {
  list: query(
    {
      access: 'public',
      rest: 'GET /categories',
      summary: 'The category tree, flat, siblings in order.',
      input: ListCategories,
      output: pageOf(CategoryView),
      kept: { of: ['category'] },
    },
    list,
  ),
  get: query(
    {
      access: 'public',
      rest: ['GET /categories/{id}', 'GET /categories/by-slug/{slug}'],
      summary: 'One category, by id or slug.',
      input: GetCategory,
      output: CategoryView,
      errors: [categoryNotFound],
      kept: { of: ['category'] },
    },
    get,
  ),
  create: mutation(
    {
      access: 'catalog:write',
      rest: 'POST /categories -> /categories/{id}',
      summary: 'Adds a category.',
      input: CreateCategory,
      output: CategoryView,
      errors: [slugTaken, categoryNotFound, categoryTooDeep],
    },
    create,
  ),
  update: mutation(
    {
      access: 'catalog:write',
      rest: 'PATCH /categories/{id}',
      summary: 'Renames or moves a category; what is left out stays.',
      input: UpdateCategory,
      output: CategoryView,
      errors: [categoryNotFound, slugTaken, categoryCycle, categoryTooDeep],
    },
    update,
  ),
  delete: mutation(
    {
      access: 'catalog:write',
      rest: 'DELETE /categories/{id} -> 204',
      summary: 'Deletes a category that has no subcategories and no products.',
      input: CategoryRef,
      output: CategoryRef,
      errors: [categoryNotFound, categoryInUse],
    },
    remove,
  ),
} satisfies TRPCRouterRecord
