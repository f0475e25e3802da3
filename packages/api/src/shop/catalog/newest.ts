import { sql } from 'kysely'
import { statements } from '../../platform/statement.ts'
import { namedBy, nameOf, withBelow } from './branch.ts'
import { cardRows } from './cards.ts'
import type { Position } from './list.ts'
import type { ListProducts } from './schema.ts'

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

/**
 * Takes the newest of each category of a small branch along its index, and of those the newest: as quick with a million
 * products as with a thousand, and one statement with the branch. Answers nothing for a large branch.
 */
export const newestOfCategory = statements(
  ({ category, after }: OfCategory) => `${namedBy(category)} ${after === null}`,
  (given, { category, after }) => {
    const currency = given((asked) => asked.currency)
    const limit = given((asked) => asked.limit + 1)
    const older = sql<boolean>`member.product_id < ${given((asked) => asked.after?.id ?? '')}`
    return cardRows(
      currency,
      withBelow(
        category,
        given((asked) => nameOf(asked.category)),
      )
        .with('branch', (db) =>
          db
            .selectFrom('below')
            .select('below.id')
            .limit(sql.lit(MAX_CATEGORIES + 1)),
        )
        .selectFrom('branch')
        .innerJoinLateral(
          (eb) =>
            eb
              .selectFrom('product_category as member')
              .innerJoin('listed_price', 'listed_price.product_id', 'member.product_id')
              .whereRef('member.category_id', '=', 'branch.id')
              .where('listed_price.currency', '=', currency)
              .$if(after !== null, (rows) => rows.where(older))
              .orderBy('member.product_id', 'desc')
              .limit(limit)
              .select(['member.product_id as id', 'min_amount as amount', 'max_amount as maxAmount'])
              .as('newest'),
          (join) => join.onTrue(),
        )
        .where(sql<boolean>`(select count(*) from branch) <= ${sql.lit(MAX_CATEGORIES)}`)
        // A product may be in several categories of the branch.
        .distinct()
        .orderBy('newest.id', 'desc')
        .limit(limit)
        .select(['newest.id', 'newest.amount', 'newest.maxAmount']),
    ).orderBy('page.id', 'desc')
  },
)
