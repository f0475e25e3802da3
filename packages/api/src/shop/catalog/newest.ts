import { type ExpressionBuilder, type RawBuilder, sql } from 'kysely'
import { statements } from '../../platform/statement.ts'
import type { CategoryId } from '../category/index.ts'
import { type Branch, namedBy, nameOf, withBelow } from './branch.ts'
import { cardRows, listed } from './cards.ts'
import type { Position } from './list.ts'
import type { ListProducts } from './schema.ts'
import type { Tables } from './tables.ts'

/** So many categories of a branch are looked into one by one. */
const MAX_CATEGORIES = 16

interface Asked extends ListProducts {
  readonly after: Position | null
}

interface OfCategory extends Asked {
  readonly category: NonNullable<ListProducts['category']>
}

/** The page that shoppers look at most: what is new in a category, whatever it costs. */
export const isNewestOfCategory = (asked: Asked): asked is OfCategory =>
  asked.category !== undefined &&
  asked.sort === 'newest' &&
  [asked.price, asked.available, asked.attributes, asked.text].every((filter) => filter === undefined)

/** Whether the products of a branch are many, in few categories. */
export const isWalkable = ({ categoryIds, few }: Branch) => few === null && categoryIds.length <= MAX_CATEGORIES

/** So many members of a category are looked at for those on sale: whoever asks behind this does not wait for more. */
const MAX_MEMBERS = 256

/** Takes the newest of each category of a small branch along its index, and of those the newest. Nothing of a large branch. */
const walk = ({ quick }: { quick: boolean }) =>
  statements(
    ({ category, after }: OfCategory) => `${namedBy(category)} ${after === null}`,
    (given, { category, after }) => {
      const currency = given((asked) => asked.currency)
      const limit = given((asked) => asked.limit + 1)
      const older = sql<boolean>`member.product_id < ${given((asked) => asked.after?.id ?? '')}`
      const members = (eb: InBranch) => membersOfCategory(eb, after && older)
      const found = withBelow(
        category,
        given((asked) => nameOf(asked.category)),
      )
        .with('branch', (db) =>
          db
            .selectFrom('below')
            .select('below.id')
            .limit(sql.lit(MAX_CATEGORIES + 1)),
        )
        .with('found', (db) =>
          db
            .selectFrom('branch')
            .innerJoinLateral(
              (eb) =>
                eb
                  .selectFrom((eb) =>
                    members(eb)
                      .$if(quick, (rows) => rows.limit(sql.lit(MAX_MEMBERS)))
                      .as('member'),
                  )
                  .innerJoin('listed_price', 'listed_price.product_id', 'member.product_id')
                  .where('listed_price.currency', '=', currency)
                  .orderBy('member.product_id', 'desc')
                  .limit(limit)
                  .select(listed)
                  .as('newest'),
              (join) => join.onTrue(),
            )
            .selectAll('newest')
            .select('branch.id as category'),
        )
        .with('full', (db) =>
          db
            .selectFrom('found')
            .select('found.category')
            .groupBy('found.category')
            .having(sql<boolean>`count(*) >= ${limit}`),
        )
      const page = found
        .selectFrom('found')
        .where(sql<boolean>`(select count(*) from branch) <= ${sql.lit(MAX_CATEGORIES)}`)
        .$if(quick, (rows) =>
          rows.where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('branch')
                  .where('branch.id', 'not in', (eb) => eb.selectFrom('full').select('full.category'))
                  .where((eb) => eb.exists(members(eb).offset(sql.lit(MAX_MEMBERS)).limit(sql.lit(1)))),
              ),
            ),
          ),
        )
        // A product may be in several categories of the branch.
        .distinct()
        .orderBy('found.id', 'desc')
        .limit(limit)
        .select(['found.id', 'found.amount', 'found.maxAmount', 'found.compareAtAmount', 'found.variantCount'])
      return cardRows(currency, page, { quick }).orderBy('page.id', 'desc')
    },
    { quick },
  )

/**
 * As quick with a million products as with a thousand, and one statement with the branch. Answers nothing as well where
 * little of a category is on sale in the currency, and of products that have very many variants, or not known how many.
 */
export const newestOfCategory = walk({ quick: true })

/** The same for as long as it takes. */
export const allNewestOfCategory = walk({ quick: false })

type InBranch = ExpressionBuilder<Tables & { branch: { id: CategoryId } }, 'branch'>

/** The products of a category of the `branch`, the newest first. */
const membersOfCategory = (eb: InBranch, older: RawBuilder<boolean> | null) => {
  const rows = eb
    .selectFrom('product_category as member')
    .whereRef('member.category_id', '=', 'branch.id')
    .orderBy('member.product_id', 'desc')
    .select('member.product_id')
  return older === null ? rows : rows.where(older)
}
