import { type RawBuilder, sql } from 'kysely'
import type { Context } from './context.ts'

/** A write that answers a row for each row it wrote: `insert … returning`, `update … returning`. */
export type Write = RawBuilder<unknown>

/**
 * Sends several writes in one statement, and answers how many rows each has written. None of them sees what another
 * writes; foreign keys between them are checked at the end. They take their locks in the order in which they are given.
 */
export async function together(ctx: Context, writes: readonly Write[]): Promise<readonly number[]> {
  const names = writes.map((_, index) => sql.ref(`write${index}`))
  const parts = writes.map((write, index) => sql`${names[index]} as (${write})`)
  const counts = names.map((name) => sql`(select count(*)::int from ${name})`)
  const { rows } = await sql<{ counts: number[] }>`
    with ${sql.join(parts)} select array[${sql.join(counts)}] as counts`.execute(ctx.em.getKysely())
  return rows[0]?.counts ?? []
}
