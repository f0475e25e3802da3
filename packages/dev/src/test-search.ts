import * as catalog from '@barrow/api/catalog'
import { createWorkContext, inTransaction } from '@barrow/api/work'
import type { TestShop } from './test-shop.ts'

type Noted = Parameters<typeof catalog.noteForSearch>[1]

/**
 * Does what the worker does for the search: makes the indexes, hears every event so far, and reads what they changed.
 * Answers a function that does so again.
 */
export async function keepSearch(shop: TestShop): Promise<() => Promise<void>> {
  const { runtime } = shop
  const ctx = () => createWorkContext(runtime, 'test', 'test:search', 'test')
  const names = catalog.searchEvents.map((event) => event.name)
  const heard = new Set<string>()
  const catchUp = async () => {
    const events = await runtime.orm.em
      .fork()
      .execute<Noted[]>(
        'select id, name, version, key, sequence, payload from outbox_event where name in (?) order by id',
        [names],
      )
    for (const event of events) {
      if (!heard.has(event.id)) await inTransaction(ctx(), (ctx) => catalog.noteForSearch(ctx, event))
      heard.add(event.id)
    }
    for (const engine of runtime.search.engines) {
      while (await catalog.indexDue(ctx(), engine));
      await engine.refresh()
    }
  }
  for (const engine of runtime.search.engines)
    await catalog.ensureIndex(ctx(), engine, { renew: true, signal: new AbortController().signal })
  await catchUp()
  return catchUp
}
