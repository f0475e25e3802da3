import type { Context } from '../../../platform/context.ts'
import { Fault } from '../../../platform/errors.ts'
import type { Engine } from '../../../platform/ports/search.ts'
import { rebuildUnderWay } from '../../../platform/search/errors.ts'
import { BATCH } from './index-due.ts'
import { readDocuments } from './read-documents.ts'

interface Options {
  /** Is told how many were read so far; what it takes its time for, the rebuild waits for. */
  readonly onProgress?: (done: number) => void | Promise<void>
  /** Breaks it off. */
  readonly signal?: AbortSignal
}

/**
 * Fills a new index with every product, has it answer, and lets go of the one before. Until then the old one answers, and
 * what changes meanwhile is written to both. Broken off, the old one goes on. Answers how many products were read.
 * Raises `rebuild_under_way`, and `rebuild_lost` when another one took over since this one stood still for a minute.
 */
export async function rebuild(ctx: Context, engine: Engine, options: Options = {}): Promise<number> {
  const index = await engine.begin(ctx)
  try {
    const done = await fill(ctx, engine, index, options)
    await engine.swap(ctx, index)
    return done
  } catch (error) {
    await engine.abandon(ctx, index).catch((err: unknown) => ctx.log.warn({ err, index }, 'search index left behind'))
    throw error
  }
}

async function fill(ctx: Context, engine: Engine, index: string, { onProgress, signal }: Options): Promise<number> {
  let done = 0
  for (let last: string | undefined = ''; last !== undefined; ) {
    signal?.throwIfAborted()
    const ids = await productsAfter(ctx, last)
    if (ids.length > 0) await engine.write(ctx, (ctx) => readDocuments(ctx, ids), { only: index })
    await engine.beat(ctx, index)
    done += ids.length
    await onProgress?.(done)
    last = ids.length < BATCH ? undefined : ids.at(-1)
  }
  return done
}

async function productsAfter(ctx: Context, id: string): Promise<string[]> {
  const rows: { id: string }[] = await ctx.em.execute(`select id from product where id > ? order by id limit ?`, [
    id,
    BATCH,
  ])
  return rows.map((row) => row.id)
}

/**
 * Makes the index where there is none. With `renew` also one for today's fields and language, where those of the one that
 * answers are others.
 */
export async function ensureIndex(
  ctx: Context,
  engine: Engine,
  { renew, signal }: { renew: boolean; signal: AbortSignal },
): Promise<void> {
  const current = await engine.current(ctx)
  if (current !== null && (current.upToDate || !renew)) return
  try {
    const done = await rebuild(ctx, engine, { signal })
    ctx.log.info({ engine: engine.name, products: done }, 'search index rebuilt')
  } catch (error) {
    if (signal.aborted) return
    // Somebody else is at it.
    if (!(error instanceof Fault && error.reason === rebuildUnderWay().reason)) throw error
  }
}

/** Forgets what engines need to know no more. A schedule runs it. */
export async function tidyIndexes(ctx: Context): Promise<void> {
  for (const engine of ctx.search.engines) await engine.tidy(ctx)
}
