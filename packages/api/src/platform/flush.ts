import type { Context } from './context.ts'
import type { Fault } from './errors.ts'

/** The name of the constraint a database error is about. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('constraint' in error && typeof error.constraint === 'string') return error.constraint
  return violatedConstraint(error.cause)
}

/**
 * Writes what the unit of work holds, and says a broken rule of the database as a declared fault: the constraint decides
 * what is true when two calls race, the name says which answer that is.
 *
 * @example await flush(ctx, { category_slug_unique: () => slugTaken({ slug }) })
 */
export async function flush(ctx: Context, constraints: Readonly<Record<string, () => Fault>>): Promise<void> {
  try {
    await ctx.em.flush()
  } catch (error) {
    throw constraints[violatedConstraint(error) ?? '']?.() ?? error
  }
}

/** The fields a caller gave, for updates in which what is left out stays as it is. */
export function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Dropping the undefined ones is what the type says.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
