import { z } from 'zod'
import type { Context } from '../../../context.ts'
import type { Engine, Versioned } from '../../../ports/search.ts'
import type { Fields } from '../../../search/fields.ts'
import type { Language } from '../../../search/languages.ts'
import {
  abandonIndex,
  beatBuild,
  buildingIndex,
  nextVersion,
  prepareIndex,
  signatureOf,
  startBuilding,
  unfinishedIndex,
} from '../../../search/registry.ts'
import type { OpenSearchConfig } from '../../../search-settings.ts'
import { inTransaction } from '../../../transaction.ts'
import { anything, connect, type Server, statusOf } from './client.ts'
import { indexBody } from './mapping.ts'
import { namesOf } from './names.ts'
import { createReader } from './read.ts'
import { bulk } from './write.ts'

const GONE_HOURS = 24
const Aliases = z.record(z.string(), z.object({ aliases: z.record(z.string(), z.unknown()) }))

interface Options {
  readonly config: OpenSearchConfig
  readonly fields: Fields
  readonly language: Language
}

/** The search of a shop that has an OpenSearch or an Elasticsearch. */
export function createOpenSearch({ config, fields, language }: Options): Engine {
  const server = connect(config)
  const signature = signatureOf(fields, language)
  const names = namesOf(config, signature)
  const engine = 'opensearch' as const
  const active = () => indexOf(server, names.alias)
  let unusedBefore = new Set<string>()
  const refresh = (index: string) => server.work({ method: 'POST', path: `/${index}/_refresh` }, anything)

  /** Old fields are not those of an index made by others: until it is built anew it goes without what changes. */
  const writeActive = async (documents: readonly Versioned[]) => {
    const index = await active()
    if (index !== undefined && names.isUpToDate(index)) await bulk(server, names.alias, documents)
  }

  return {
    name: engine,
    ...createReader(server, fields, names),
    async write(ctx, read, to) {
      const documents = await inTransaction(ctx, read)
      if (documents.length === 0) return
      if (to === undefined) await writeActive(documents)
      // Asked after they were read: an index that is begun later than this reads them itself.
      if (to === undefined && (await buildingIndex(ctx, engine)) === undefined) return
      const homeless = await bulk(server, names.building, documents)
      // It has been swapped in meanwhile.
      if (homeless.length > 0) await writeActive(homeless)
    },
    async current() {
      const index = await active()
      return index === undefined ? null : { index, upToDate: names.isUpToDate(index) }
    },
    async begin(ctx) {
      const name = names.newName(await nextVersion(ctx))
      const left = await prepareIndex(ctx, engine, { name, slot: 0, signature })
      if (left !== undefined && left !== (await active())) await drop(server, left)
      const body = { ...indexBody(fields, language), aliases: { [names.building]: {} } }
      await server.work({ method: 'PUT', path: `/${name}`, body }, anything)
      await startBuilding(ctx, engine, name)
      return name
    },
    beat: (ctx, index) => beatBuild(ctx, engine, index),
    async swap(ctx, index) {
      await beatBuild(ctx, engine, index)
      await refresh(index)
      await beatBuild(ctx, engine, index)
      const before = await active()
      const actions = [
        // Searches that are under way in the one before would fail if it went now: that is left to `tidy`.
        ...(before === undefined ? [] : [{ remove: { index: before, alias: names.alias } }]),
        { remove: { index, alias: names.building } },
        { add: { index, alias: names.alias } },
      ]
      await server.work({ method: 'POST', path: '/_aliases', body: { actions } }, anything)
      await abandonIndex(ctx, engine, index)
    },
    async abandon(ctx, index) {
      await abandonIndex(ctx, engine, index)
      if (index !== (await active())) await drop(server, index)
    },
    async tidy(ctx) {
      const index = await active()
      if (index !== undefined) await forgetGone(server, index)
      const unused = await unusedIndexes(ctx, server, names.pattern, index)
      // What is found to be unused a second time has no search under way any more.
      for (const name of unused) if (unusedBefore.has(name)) await drop(server, name)
      unusedBefore = new Set(unused)
    },
    async refresh() {
      if ((await active()) !== undefined) await refresh(names.alias)
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function indexOf(server: Server, alias: string): Promise<string | undefined> {
  try {
    const found = await server.ask({ method: 'GET', path: `/_alias/${alias}` }, Aliases)
    return Object.keys(found)[0]
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

async function drop(server: Server, index: string): Promise<void> {
  await server.work({ method: 'DELETE', path: `/${index}`, query: { ignore_unavailable: true } }, anything)
}

/**
 * Indexes that answered before the one that does, and those of rebuilds that died; not the last unfinished one, whose
 * rebuild may be alive.
 */
async function unusedIndexes(ctx: Context, server: Server, pattern: string, active?: string): Promise<string[]> {
  const all = await server.ask({ method: 'GET', path: `/${pattern}/_alias` }, Aliases)
  // Asked afterwards: an index is noted before it is made.
  const unfinished = await unfinishedIndex(ctx, 'opensearch')
  return Object.keys(all).filter((index) => index !== active && index !== unfinished)
}

const forgetGone = (server: Server, index: string) =>
  server.work(
    {
      method: 'POST',
      path: `/${index}/_delete_by_query`,
      query: { conflicts: 'proceed' },
      body: { query: { range: { goneAt: { lt: `now-${GONE_HOURS}h` } } } },
    },
    anything,
  )
