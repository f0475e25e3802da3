import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import type { EngineName } from '../ports/search.ts'
import { inTransaction } from '../transaction.ts'
import { rebuildLost, rebuildUnderWay } from './errors.ts'
import { type Fields, weights } from './fields.ts'
import type { Language } from './languages.ts'

/** After so many seconds without a word from it, a rebuild counts as dead. */
const DEAD_SECONDS = 60

export interface Kept {
  readonly name: string
  readonly slot: number
  readonly signature: string
  readonly language: Language
}

/** What documents are made by. An index with another one answers on as it is, and is to be rebuilt. */
export function signatureOf(fields: Fields, language: Language): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([fields, weights]))
    .digest('hex')
  return `${language}:${digest.slice(0, 12)}`
}

const columns = `name, slot, signature, split_part(signature, ':', 1) as language`

/** The index that answers. */
export async function activeIndex(ctx: Context, engine: EngineName): Promise<Kept | undefined> {
  const rows: Kept[] = await ctx.em.execute(
    `select ${columns} from search_index where engine = ? and state = 'active'`,
    [engine],
  )
  return rows[0]
}

/** Every index that is written to, kept from being swapped or dropped until the transaction ends. */
export const holdIndexes = (ctx: Context, engine: EngineName): Promise<Kept[]> =>
  ctx.em.execute(
    `select ${columns} from search_index where engine = ? and state <> 'preparing' order by name for share`,
    [engine],
  )

/** The index being built, if any. */
export async function buildingIndex(ctx: Context, engine: EngineName): Promise<string | undefined> {
  const rows: { name: string }[] = await ctx.em.execute(
    `select name from search_index where engine = ? and state = 'building'`,
    [engine],
  )
  return rows[0]?.name
}

/** The index that is being prepared or built, if any. */
export async function unfinishedIndex(ctx: Context, engine: EngineName): Promise<string | undefined> {
  const rows: { name: string }[] = await ctx.em.execute(
    `select name from search_index where engine = ? and state <> 'active'`,
    [engine],
  )
  return rows[0]?.name
}

/** A number that no version and no index had before. */
export async function nextVersion(ctx: Context): Promise<number> {
  const rows: { version: number }[] = await ctx.em.execute(`select nextval('search_version') as version`)
  return rows[0]?.version ?? 0
}

/** The slots that an engine's indexes are in, finished or not. */
export async function slotsInUse(ctx: Context, engine: EngineName): Promise<number[]> {
  const rows: { slot: number }[] = await ctx.em.execute(`select slot from search_index where engine = ?`, [engine])
  return rows.map((row) => row.slot)
}

/** Has rebuilds of an engine begin one after the other, until the transaction ends. */
export const lockRebuilds = (ctx: Context, engine: EngineName) =>
  ctx.em.execute(`select pg_advisory_xact_lock(hashtext(?))`, [`search-rebuild-${engine}`])

/**
 * Takes an engine's one place for an index that is not finished. Answers the name of one that was left behind there by a
 * rebuild that died. Throws `rebuild_under_way`.
 */
export async function prepareIndex(
  ctx: Context,
  engine: EngineName,
  { name, slot, signature }: Omit<Kept, 'language'>,
): Promise<string | undefined> {
  return inTransaction(ctx, async (ctx) => {
    const { em } = ctx
    await lockRebuilds(ctx, engine)
    const rows: { name: string; alive: boolean }[] = await em.execute(
      `select name, beat_at > now() - make_interval(secs => ?) as alive
       from search_index where engine = ? and state <> 'active' for update`,
      [DEAD_SECONDS, engine],
    )
    const [left] = rows
    if (left?.alive) throw rebuildUnderWay()
    await em.execute(`delete from search_index where engine = ? and state <> 'active'`, [engine])
    await em.execute(
      `insert into search_index (engine, name, slot, signature, state) values (?, ?, ?, ?, 'preparing')`,
      [engine, name, slot, signature],
    )
    return left?.name
  })
}

/** From the commit on, the index gets every write. */
export const startBuilding = (ctx: Context, engine: EngineName, name: string) =>
  advance(ctx, `state = 'building', beat_at = now()`, engine, name)

export const beatBuild = (ctx: Context, engine: EngineName, name: string) =>
  advance(ctx, 'beat_at = now()', engine, name)

/** The index answers, and the one before is kept no more. For a transaction. */
export async function activate(ctx: Context, engine: EngineName, name: string): Promise<void> {
  await ctx.em.execute(`delete from search_index where engine = ? and state = 'active'`, [engine])
  await advance(ctx, `state = 'active'`, engine, name)
}

/** Keeps an index that is not finished no more. */
export const abandonIndex = async (ctx: Context, engine: EngineName, name: string): Promise<void> => {
  await ctx.em.execute(`delete from search_index where engine = ? and name = ? and state <> 'active'`, [engine, name])
}

async function advance(ctx: Context, change: string, engine: EngineName, name: string): Promise<void> {
  const rows: unknown[] = await ctx.em.execute(
    `update search_index set ${change} where engine = ? and name = ? and state <> 'active' returning name`,
    [engine, name],
  )
  if (rows.length === 0) throw rebuildLost()
}
