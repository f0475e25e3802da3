import { type RawBuilder, sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { type Given, statements } from '../../platform/statement.ts'
import { type CategoryId, categoryNotFound } from '../category/index.ts'
import type { ProductId } from '../product/index.ts'
import type { ListProducts } from './schema.ts'
import { catalogue, type Matching, type Row } from './tables.ts'

/** Up to so many products of a branch are looked up one by one; with more, a page is found sooner by walking the list. */
const FEW = 2_000

type Category = NonNullable<ListProducts['category']>

/** A category and all below it. */
export interface Branch {
  readonly categoryIds: readonly CategoryId[]
  /** The products in it, where they are few. */
  readonly few: readonly ProductId[] | null
}

/** Which field of a category a list was asked for by. */
export const namedBy = (category: Category) => ('id' in category ? 'id' : 'slug')

/** The catalogue with `below`: a category and all below it. */
export const withBelow = (category: Category, name: RawBuilder<string>) =>
  catalogue.withRecursive('below', (db) =>
    db
      .selectFrom('category')
      .select('category.id')
      .where(sql<boolean>`${sql.ref(namedBy(category))} = ${name}`)
      .unionAll(db.selectFrom('category').innerJoin('below', 'below.id', 'category.parent_id').select('category.id')),
  )

export const nameOf = (category: Category): string => ('id' in category ? category.id : category.slug)

const branchOf = statements(namedBy, (given: Given<Category>, category) =>
  withBelow(category, given(nameOf))
    .with('member', (db) =>
      db
        .selectFrom('product_category')
        .innerJoin('below', 'below.id', 'product_category.category_id')
        .select('product_category.product_id')
        .limit(sql.lit(FEW + 1)),
    )
    .selectNoFrom([
      sql<CategoryId[]>`array(select id from below)`.as('categoryIds'),
      sql<ProductId[]>`array(select product_id from member)`.as('members'),
    ]),
)

/** Raises `category_not_found`. */
export async function findBranch(ctx: Context, category: Category): Promise<Branch> {
  const [{ categoryIds, members } = { categoryIds: [], members: [] }] = await branchOf(ctx, category)
  if (categoryIds.length === 0) throw categoryNotFound()
  return { categoryIds, few: members.length > FEW ? null : members }
}

/**
 * Keeps the products of a branch, for one page. Left to choose, the planner looks every product up in every category of
 * the branch (measured: 38,000 index searches for a page of 20); so few products are named, and of many each one the walk
 * meets is asked for its categories.
 */
export function within(
  matching: Matching,
  { few }: Branch,
  sort: ListProducts['sort'],
  given: Given<{ branch: Branch | undefined }>,
): Matching {
  if (few !== null) {
    // Named in the table the page is sorted by: the planner does not carry a list of ids over a join.
    const id = sql.ref(sort === 'title' ? 'product.id' : 'listed_price.product_id')
    return matching.where(sql<boolean>`${id} = any(${given(({ branch }) => branch?.few ?? [])}::text[])`)
  }
  const ids = given(({ branch }) => branch?.categoryIds ?? [])
  return matching.where(
    sql<boolean>`array(select category_id::text from product_category
      where product_category.product_id = listed_price.product_id) && ${ids}::text[]`,
  )
}

/** All products of some categories, for a count. */
export const membersOf = (eb: Row, categoryIds: RawBuilder<readonly CategoryId[]>) =>
  eb
    .selectFrom('product_category')
    .select('product_category.product_id')
    .where('product_category.category_id', '=', sql<CategoryId>`any(${categoryIds}::text[])`)
