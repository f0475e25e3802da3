import { noteChange } from '../../../platform/changes.ts'
import type { Context } from '../../../platform/context.ts'
import type { EngineName } from '../../../platform/ports/search.ts'

/** For how long nobody else works on what somebody has taken. */
const LEASE_SECONDS = 30

export interface Mark {
  readonly subject: string
  readonly mark: number
  readonly after: string
}

/** Has every engine read these products, or the products of these categories, anew. */
export async function markAll(ctx: Context, subjects: readonly string[]): Promise<void> {
  for (const engine of ctx.search.engines) await mark(ctx, engine.name, subjects)
  noteChange(ctx, 'search')
}

/** In one order for all, so that two who mark the same wait for each other instead of for ever. */
export const mark = (ctx: Context, engine: EngineName, subjects: readonly string[]) =>
  ctx.em.execute(
    `insert into search_mark (engine, subject, mark)
     select ?, subject, nextval('search_version')
     from (select distinct subject from jsonb_array_elements_text(?::jsonb) subject order by subject) marked
     on conflict (engine, subject) do update set mark = excluded.mark, after = '', due_at = now()`,
    [engine, JSON.stringify(subjects)],
  )

/** Takes some of what an engine has to read anew, what is due longest first. */
export const takeMarks = (ctx: Context, engine: EngineName, limit: number): Promise<Mark[]> =>
  ctx.em.execute(
    `update search_mark set due_at = now() + make_interval(secs => ?)
     where (engine, subject) in (
       select engine, subject from search_mark where engine = ? and due_at <= now()
       order by due_at limit ? for update skip locked
     ) returning subject, mark, after`,
    [LEASE_SECONDS, engine, limit],
  )

/** Takes marks away that were worked on, unless they were set again meanwhile. */
export const dropMarks = (ctx: Context, engine: EngineName, marks: readonly Mark[]) =>
  ctx.em.execute(
    `delete from search_mark using jsonb_to_recordset(?::jsonb) as done (subject text, mark bigint)
     where engine = ? and search_mark.subject = done.subject and search_mark.mark = done.mark`,
    [JSON.stringify(marks), engine],
  )
