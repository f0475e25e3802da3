import { createWorkContext } from '@barrow/api/work'
import { goods } from '@barrow/dev/test-goods'
import { keepSearch } from '@barrow/dev/test-search'
import type { TestShop } from '@barrow/dev/test-shop'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../../platform/ports/search.ts'
import { indexDue } from './index-due.ts'
import { readDocuments } from './read-documents.ts'
import { rebuild } from './rebuild.ts'

const PRODUCTS = 120

/** What the upkeep of an index promises, whatever engine it is in. */
export function keepsRebuildContract(shop: TestShop, name: Engine['name']): void {
  const engine = shop.runtime.search.engines.find((one) => one.name === name)
  if (engine === undefined) throw new Error(`${name} is not kept`)
  const ctx = () => createWorkContext(shop.runtime, 'test', 'test:search', 'test')
  const count = async (q: string) => (await shop.guest().product.search({ currency: 'EUR', q })).total.count
  let catchUp: () => Promise<void>
  let ids: Awaited<ReturnType<typeof goods>>['productId'][]

  beforeAll(async () => {
    const made = []
    for (let n = 0; n < PRODUCTS; n++) made.push(await goods(shop, { onHand: 1 }))
    ids = made.map((one) => one.productId)
    catchUp = await keepSearch(shop)
  }, 300_000)

  afterAll(async () => {
    // Not for a moment did another engine have to answer.
    const { values } = await shop.runtime.metrics.searches.get()
    expect(values.map(({ labels }) => labels.engine)).toEqual([name])
  })

  test('while an index is rebuilt everything is found all the time, and what changes meanwhile is in the new one', async () => {
    let rebuilding = true
    const counts = new Set<number>()
    const looking = Array.from({ length: 4 }, async () => {
      while (rebuilding) counts.add(await count('goods'))
    })
    const [changed] = ids
    if (changed === undefined) throw new Error('products were made')
    const before = await engine.current(ctx())
    const change = async () => {
      await shop.system.product.update({ id: changed, description: 'Renamed.' })
      while (await indexDue(ctx(), engine));
    }
    const done = await rebuild(ctx(), engine, { onProgress: (done) => (done === 100 ? change() : undefined) })
    for (let n = 0; n < 4; n++) await rebuild(ctx(), engine)
    rebuilding = false
    await Promise.all(looking)
    expect(done).toBe(PRODUCTS)
    expect([...counts]).toEqual([PRODUCTS])
    expect((await engine.current(ctx()))?.index).not.toBe(before?.index)
    await catchUp()
    expect(await count('goods')).toBe(PRODUCTS)
    expect(await count('renamed')).toBe(1)
    await shop.system.product.update({ id: changed, description: '' })
    await catchUp()
  })

  test('two rebuilds at once: the second is refused, and the first goes on', async () => {
    let second: unknown
    await rebuild(ctx(), engine, {
      onProgress: async () => {
        second = await rebuild(ctx(), engine).catch((error: { reason: string }) => error.reason)
      },
    })
    expect(second).toBe('rebuild_under_way')
    expect(await count('goods')).toBe(PRODUCTS)
  })

  test('a rebuild that is broken off leaves the index that answers, and the next one begins at once', async () => {
    const before = await engine.current(ctx())
    const broken = new AbortController()
    const options = { signal: broken.signal, onProgress: () => broken.abort() }
    await expect(rebuild(ctx(), engine, options)).rejects.toThrow()
    expect(await engine.current(ctx())).toEqual(before)
    expect(await count('goods')).toBe(PRODUCTS)
    expect(await rebuild(ctx(), engine)).toBe(PRODUCTS)
    await engine.tidy(ctx())
    expect(await count('goods')).toBe(PRODUCTS)
  })

  test('a rebuild that was killed stands in the way for a minute; the one that takes over cannot be undone by it', async () => {
    const killed = await engine.begin(ctx())
    await expect(engine.begin(ctx())).rejects.toMatchObject({ reason: 'rebuild_under_way' })
    await ctx().em.execute(`update search_index set beat_at = now() - interval '61 seconds' where state <> 'active'`)
    await engine.tidy(ctx())
    expect(await rebuild(ctx(), engine)).toBe(PRODUCTS)
    await expect(engine.beat(ctx(), killed)).rejects.toMatchObject({ reason: 'rebuild_lost' })
    await expect(engine.swap(ctx(), killed)).rejects.toMatchObject({ reason: 'rebuild_lost' })
    await engine.abandon(ctx(), killed)
    expect(await count('goods')).toBe(PRODUCTS)
  })

  test('what was read earlier never replaces what was read later, of things that are gone neither', async () => {
    const { productId } = await goods(shop, { onHand: 1 })
    await shop.system.product.update({ id: productId, title: 'Zebra' })
    await catchUp()
    const earlier = await ctx().em.transactional((em) => readDocuments({ ...ctx(), em }, [productId]))
    await shop.system.product.update({ id: productId, title: 'Quagga' })
    await catchUp()
    await engine.write(ctx(), async () => earlier)
    await engine.refresh()
    expect([await count('zebra'), await count('quagga')]).toEqual([0, 1])
    await shop.system.product.delete({ id: productId })
    await catchUp()
    await engine.write(ctx(), async () => earlier)
    await engine.refresh()
    expect([await count('zebra'), await count('quagga')]).toEqual([0, 0])
  })

  test('many who index one product at once leave it as it was last', async () => {
    const { productId } = await goods(shop, { onHand: 1 })
    await catchUp()
    for (let n = 0; n < 5; n++) {
      await shop.system.product.update({ id: productId, title: `Edition ${'abcdef'.charAt(n)}${n}` })
      await Promise.all(Array.from({ length: 4 }, () => engine.write(ctx(), (ctx) => readDocuments(ctx, [productId]))))
    }
    await engine.refresh()
    expect([await count('edition e4'), await count('edition d3')]).toEqual([1, 0])
    await shop.system.product.delete({ id: productId })
    await catchUp()
  })
}
