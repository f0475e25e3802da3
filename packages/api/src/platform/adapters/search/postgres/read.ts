import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Ask, Bucket, Counted, Found, PageOf, Reader, Wanted } from '../../../ports/search.ts'
import { cursorExpired, searchNotReady } from '../../../search/errors.ts'
import { createBest, usualOf } from './best.ts'
import { type AmountRow, amountCounts, keywordCounts } from './counts.ts'
import { type Index, pageOf } from './pages.ts'
import { codeWord, lexeme, plainWords, some, wordQueries } from './statements.ts'
import { meanings } from './vocabulary.ts'

/** Reads from one snapshot, so that an index which is swapped meanwhile is still seen whole. */
export const inSnapshot = <T>(ctx: Context, work: (ctx: Context) => Promise<T>): Promise<T> =>
  ctx.em.fork().transactional((em) => work({ ...ctx, em }), { isolationLevel: 'repeatable read' as never })

/**
 * For this transaction: each statement is planned for the words and filters it is about, since a plan for any of them takes
 * all words for rare ones.
 */
const planned = sql`set_config('plan_cache_mode', 'force_custom_plan', true)`

/** Puts a question into PostgreSQL's terms, for the index that answers. Raises `search_not_ready`. */
async function understand(ctx: Context, { text, filters }: Ask): Promise<Index> {
  const { words = [], loose = false, code = '' } = text ?? {}
  const { rows } = await sql<{ name: string; slot: number; queries: string[]; plain: string[] }>`
    select name, slot, ${text ? wordQueries(text) : sql`array[]::text[]`} as queries,
      ${text ? plainWords(text) : sql`array[]::text[]`} as plain, ${planned} as planned
    from search_index where engine = 'postgres' and state = 'active'`.execute(ctx.em.getKysely())
  const [active] = rows
  if (active === undefined) throw searchNotReady()
  const { name: index, slot } = active
  if (text === undefined) return { index, slot, query: undefined, words: '', code: undefined, filters }
  const found = await Promise.all(
    words.map(async (_, n) => {
      const also = loose ? await meanings(ctx, slot, active.plain[n] ?? '') : []
      const [stem = '', asItIs = ''] = active.queries.slice(2 * n, 2 * n + 2)
      // Of a word and its own beginning, ranking would take no notice of the beginning.
      const own = asItIs === `${stem}:*` ? [asItIs] : [stem, asItIs]
      return [...own, ...also.map(lexeme)].filter((query) => query !== '').join(' | ')
    }),
  )
  const all = found
    .filter((query) => query !== '')
    .map((query) => `(${query})`)
    .join(' & ')
  const exact = code === '' ? undefined : lexeme(codeWord(code))
  const query = [all, exact ?? ''].filter((part) => part !== '').join(' | ')
  return { index, slot, query, words: all, code: exact, filters }
}

/** Finds a page of an index that is remembered from search to search. */
export function createFind(): Reader['find'] {
  const findBest = createBest()
  return (ctx, ask, page) => {
    const usual = usualOf(ask, page)
    return usual === undefined ? find(ctx, ask, page) : findBest(ctx, usual, page)
  }
}

const find = (ctx: Context, ask: Ask, page: PageOf): Promise<Found> =>
  inSnapshot(ctx, async (ctx) => {
    const asked = await understand(ctx, ask)
    if (page.position !== undefined && page.position.index !== asked.index) throw cursorExpired()
    return pageOf(ctx, asked, page)
  })

export const count = (ctx: Context, ask: Ask, wanted: Wanted): Promise<Counted> =>
  inSnapshot(ctx, async (ctx) => {
    const asked = await understand(ctx, ask)
    const { rows } = await sql<{ keywords: (Bucket & { field: string })[] | null; amounts: AmountRow }>`
      with hit as materialized (${some(asked, sql`d.id, d.keywords`)})
      select ${keywordCounts(wanted)} as keywords, ${amountCounts(asked.slot, wanted)} as amounts`.execute(
      ctx.em.getKysely(),
    )
    const [row] = rows
    const of = (field: string) => (row?.keywords ?? []).filter((bucket) => bucket.field === field)
    return {
      keywords: Object.fromEntries(
        wanted.keywords.map((field) => [field, of(field).map(({ value, count }) => ({ value, count }))]),
      ),
      amount: wanted.amount === undefined ? null : (row?.amounts ?? { min: null, max: null, counts: [] }),
    }
  })
