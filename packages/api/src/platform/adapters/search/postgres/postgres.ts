import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Engine } from '../../../ports/search.ts'
import type { Fields } from '../../../search/fields.ts'
import type { Language } from '../../../search/languages.ts'
import {
  abandonIndex,
  activate,
  activeIndex,
  beatBuild,
  holdIndexes,
  lockRebuilds,
  nextVersion,
  prepareIndex,
  signatureOf,
  slotsInUse,
  startBuilding,
} from '../../../search/registry.ts'
import { inTransaction } from '../../../transaction.ts'
import { slots } from './entities.ts'
import { count, createFind } from './read.ts'
import { writeRows } from './write.ts'

/** Rows that one statement removes. */
const BATCH = 2_000
/** For how long it is remembered what is gone. */
const GONE_HOURS = 24

/** The search of a shop that has nothing but its database. */
export function createPostgresSearch({ fields, language }: { fields: Fields; language: Language }): Engine {
  const signature = signatureOf(fields, language)

  const write: Engine['write'] = (ctx, read, to) =>
    inTransaction(ctx, async (ctx) => {
      const documents = await read(ctx)
      if (documents.length === 0) return
      // After the documents were locked: whoever holds a document waits for no rebuild.
      for (const index of await holdIndexes(ctx, 'postgres'))
        if (to === undefined || to.only === index.name) await writeRows(ctx, fields, index, documents)
    })

  return {
    name: 'postgres',
    find: createFind(),
    count,
    write,
    async current(ctx) {
      const active = await activeIndex(ctx, 'postgres')
      return active === undefined ? null : { index: active.name, upToDate: active.signature === signature }
    },
    async begin(ctx) {
      const active = await activeIndex(ctx, 'postgres')
      const slot = active?.slot === slots[0] ? slots[1] : slots[0]
      const name = `g${await nextVersion(ctx)}`
      await prepareIndex(ctx, 'postgres', { name, slot, signature })
      while (await clear(ctx, slot)) await beatBuild(ctx, 'postgres', name)
      await startBuilding(ctx, 'postgres', name)
      return name
    },
    beat: (ctx, index) => beatBuild(ctx, 'postgres', index),
    swap: (ctx, index) => inTransaction(ctx, (ctx) => activate(ctx, 'postgres', index)),
    abandon: (ctx, index) => abandonIndex(ctx, 'postgres', index),
    async tidy(ctx) {
      await inTransaction(ctx, async (ctx) => {
        // No rebuild begins in a slot that is being cleared.
        await lockRebuilds(ctx, 'postgres')
        const inUse = await slotsInUse(ctx, 'postgres')
        for (const slot of slots) if (!inUse.includes(slot)) await clear(ctx, slot)
      })
      for (const slot of slots) await forgetGone(ctx, slot)
    },
    refresh: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
}

/** Removes some of what is in a slot that no index is in; false when nothing is left. */
async function clear(ctx: Context, slot: number): Promise<boolean> {
  let removed = 0
  for (const table of ['search_document', 'search_amount', 'search_word']) {
    const rows: unknown[] = await ctx.em.execute(
      `delete from ${table} where ctid = any(array(select ctid from ${table} where slot = ? limit ?)) returning 1`,
      [slot, BATCH],
    )
    removed += rows.length
  }
  return removed > 0
}

const forgetGone = async (ctx: Context, slot: number) =>
  sql`
    delete from search_document where slot = ${sql.lit(slot)} and id in (
      select id from search_document
      where slot = ${sql.lit(slot)} and gone_at < now() - make_interval(hours => ${sql.lit(GONE_HOURS)})
      limit ${sql.lit(BATCH)}
    )`.execute(ctx.em.getKysely())
