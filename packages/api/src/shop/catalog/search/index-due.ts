import type { Context } from '../../../platform/context.ts'
import type { Engine } from '../../../platform/ports/search.ts'
import { dropMarks, type Mark, mark, takeMarks } from './marks.ts'
import { readDocuments } from './read-documents.ts'

/** Products that are read in one transaction, and of a category that are marked at once. */
export const BATCH = 100
const MEMBERS = 1_000

/**
 * Brings an engine's documents of some marked products up to date; true while there may be more. Whatever fails is left
 * marked, and is tried again a little later. Any number of processes may run it.
 */
export async function indexDue(ctx: Context, engine: Engine): Promise<boolean> {
  const marks = await takeMarks(ctx, engine.name, BATCH)
  const categories = marks.filter(({ subject }) => subject.startsWith('category_'))
  const products = marks.filter((one) => !categories.includes(one))
  for (const category of categories) await markMembers(ctx, engine, category)
  if (products.length > 0) {
    const ids = products.map(({ subject }) => subject)
    await engine.write(ctx, (ctx) => readDocuments(ctx, ids))
    await dropMarks(ctx, engine.name, products)
  }
  return marks.length > 0
}

/** Marks some products of a category, and the category again for the rest. */
async function markMembers(ctx: Context, { name }: Engine, category: Mark): Promise<void> {
  const rows: { id: string }[] = await ctx.em.execute(
    `select product_id as id from product_category where category_id = ? and product_id > ?
     order by product_id limit ?`,
    [category.subject, category.after, MEMBERS],
  )
  const ids = rows.map((row) => row.id)
  if (ids.length > 0) await mark(ctx, name, ids)
  const last = ids.at(-1)
  if (ids.length < MEMBERS || last === undefined) return void (await dropMarks(ctx, name, [category]))
  await ctx.em.execute(
    `update search_mark set after = ?, due_at = now() where engine = ? and subject = ? and mark = ?`,
    [last, name, category.subject, category.mark],
  )
}
