import { createWorkContext } from '@barrow/api/work'
import { keepSearch } from '@barrow/dev/test-search'
import type { TestShop } from '@barrow/dev/test-shop'
import { beforeAll, expect, test } from 'vitest'
import { type EngineName, MAX_HITS, type Versioned } from '../../../../platform/ports/search.ts'
import { documentOf } from '../document.ts'
import type { ProductFields } from '../fields.ts'

const BATCH = 1_000

/** What is counted where there is more than anybody pages through. */
export function countsToTheEnd(shop: TestShop, name: EngineName): void {
  const engine = shop.runtime.search.engines.find((one) => one.name === name)
  if (engine === undefined) throw new Error(`${name} is not kept`)
  const ctx = () => createWorkContext(shop.runtime, 'test', 'test:search', 'test')
  const search = (input: { q?: string; cursor?: string; sort?: 'newest' | 'price_asc' | 'title' | 'relevance' }) =>
    shop.guest().product.search({ currency: 'EUR', limit: 100, ...input })

  /** The index has them, the shop has not: they are counted, and not shown. */
  const document = (n: number): Versioned<ProductFields> => ({
    id: `product_${String(n).padStart(26, '0')}`,
    version: n + 1,
    document: documentOf({
      title: n % 2 === 0 ? 'Even screw' : 'Odd screw',
      ...{
        description: '',
        vendor: null,
        type: null,
        tags: [],
        options: [],
        attributes: {},
        codes: [],
        categories: [],
      },
      prices: [{ currency: 'EUR', amount: MAX_HITS - n }],
      available: ['EUR'],
    }),
  })
  const add = async (from: number, to: number) => {
    for (let n = from; n < to; n += BATCH) {
      const some = Array.from({ length: Math.min(BATCH, to - n) }, (_, index) => document(n + index))
      await engine.write(ctx(), async () => some)
    }
    await engine.refresh()
  }

  beforeAll(async () => {
    await keepSearch(shop)
    await add(0, MAX_HITS)
  }, 300_000)

  test('ten thousand hits are counted exactly, one more is ten thousand and more; half of them are exact again', async () => {
    for (const sort of ['newest', 'price_asc', 'title', 'relevance'] as const)
      expect((await search({ q: 'screw', sort })).total).toEqual({ count: MAX_HITS, more: false })
    await add(MAX_HITS, MAX_HITS + 1)
    for (const sort of ['newest', 'price_asc', 'title', 'relevance'] as const)
      expect((await search({ q: 'screw', sort })).total).toEqual({ count: MAX_HITS, more: true })
    expect((await search({})).total).toEqual({ count: MAX_HITS, more: true })
    expect((await search({ q: 'odd' })).total).toEqual({ count: MAX_HITS / 2, more: false })
  })

  test.each(['newest', 'price_asc', 'title', 'relevance'] as const)(
    'what is read by %s, each hit once, ends at ten thousand',
    async (sort) => {
      const read = new Set<string>()
      let position: Awaited<ReturnType<typeof engine.find>>['next'] | undefined
      const by = {
        newest: { by: 'newest' },
        relevance: { by: 'relevance' },
        title: { by: 'order', field: 'name', direction: 'asc' },
        price_asc: { by: 'amount', field: 'price', currency: 'EUR', direction: 'asc' },
      } as const
      const text = { words: ['screw'], prefix: true, loose: false, code: 'screw' }
      do {
        const found = await engine.find(
          ctx(),
          { text, filters: [{ field: 'currency', anyOf: ['EUR'] }] },
          { sort: by[sort], limit: 500, position: position ?? undefined },
        )
        for (const id of found.ids) read.add(id)
        position = found.next
      } while (position !== null)
      expect(read.size).toBe(MAX_HITS)
    },
  )
}
