import type { Context } from './context.ts'

/** Something that is true of every shop's books, whatever has died, been repeated or come late. */
export interface Invariant {
  /** What it belongs to: several sentences may make up one invariant. */
  readonly id: `I${number}`
  readonly sentence: string
  /** `at rest`: only when nothing is under way, so when the worker has finished and no buyer is paying. */
  readonly when: 'always' | 'at rest'
  /** Answers a row with an `id` for everything that breaks it. No row is the proof. */
  readonly sql: string
}

/** An invariant that does not hold, and what breaks it. */
export interface Breach {
  readonly id: Invariant['id']
  readonly sentence: string
  /** The first hundred. */
  readonly offending: readonly string[]
  readonly count: number
}

const SHOWN = 100

/**
 * Looks for whatever breaks these invariants, in one snapshot of the database, without a lock. It reads whole tables, and
 * takes as long as that takes. No breach is the proof.
 */
export async function breaches(ctx: Context, invariants: readonly Invariant[]): Promise<Breach[]> {
  return ctx.orm.em.fork().transactional(async (em) => {
    await em.execute('set transaction isolation level repeatable read, read only')
    // The sums of a large shop take longer than a shopper's call may, and are made of all that there is.
    await em.execute('set local statement_timeout = 0')
    await em.execute('set local enable_seqscan = on')
    const found: Breach[] = []
    for (const { id, sentence, sql } of invariants) {
      const rows: { id: string; count: number }[] = await em.execute(
        `select offending.id, count(*) over () as count from (${sql}) offending order by offending.id limit ${SHOWN}`,
      )
      const [first] = rows
      if (first !== undefined) found.push({ id, sentence, offending: rows.map((row) => row.id), count: first.count })
    }
    return found
  })
}
