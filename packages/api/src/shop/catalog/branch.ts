import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { type CategoryId, categoryNotFound } from '../category/index.ts'
import type { ProductId } from '../product/index.ts'
import type { ListProducts } from './schema.ts'
import { type Matching, type Row, tables } from './tables.ts'

/** Up to so many products of a branch are looked up one by one; with more, a page is found sooner by walking the list. */
const FEW = 2_000

/** A category and all below it. */
export interface Branch {
  readonly categoryIds: readonly CategoryId[]
  /** The products in it, where they are few. */
  readonly few: readonly ProductId[] | null
}

/** Raises `category_not_found`. */
export async function findBranch(ctx: Context, category: NonNullable<ListProducts['category']>): Promise<Branch> {
  const branch = await tables(ctx)
    .withRecursive('below', (db) =>
      db
        .selectFrom('category')
        .select('category.id')
        .where((eb) => ('id' in category ? eb('id', '=', category.id) : eb('slug', '=', category.slug)))
        .unionAll(db.selectFrom('category').innerJoin('below', 'below.id', 'category.parent_id').select('category.id')),
    )
    .with('member', (db) =>
      db
        .selectFrom('product_category')
        .innerJoin('below', 'below.id', 'product_category.category_id')
        .select('product_category.product_id')
        .limit(FEW + 1),
    )
    .selectNoFrom([
      sql<CategoryId[]>`array(select id from below)`.as('categoryIds'),
      sql<ProductId[]>`array(select product_id from member)`.as('members'),
    ])
    .executeTakeFirstOrThrow()
  if (branch.categoryIds.length === 0) throw categoryNotFound()
  return { categoryIds: branch.categoryIds, few: branch.members.length > FEW ? null : branch.members }
}

/**
 * Keeps the products of a branch, for one page. Left to choose, the planner looks every product up in every category of
 * the branch (measured: 38,000 index searches for a page of 20); so few products are named, and of many each one the walk
 * meets is asked for its categories.
 */
export function within(matching: Matching, branch: Branch | undefined, sort: ListProducts['sort']): Matching {
  if (branch === undefined) return matching
  const { categoryIds, few } = branch
  if (few !== null) {
    // Named in the table the page is sorted by: the planner does not carry a list of ids over a join.
    const id = sql.ref(sort === 'title' ? 'product.id' : 'listed_price.product_id')
    return matching.where(sql<boolean>`${id} = any(${few}::text[])`)
  }
  return matching.where(
    sql<boolean>`array(select category_id::text from product_category
      where product_category.product_id = listed_price.product_id) && ${categoryIds}::text[]`,
  )
}

/** All products of a branch, for a count. */
export const membersOf = (eb: Row, { categoryIds }: Branch) =>
  eb
    .selectFrom('product_category')
    .select('product_category.product_id')
    .where('product_category.category_id', '=', sql<CategoryId>`any(${categoryIds}::text[])`)
