import { expect, test } from 'vitest'
import { encodeCursor } from '../../../../platform/pages.ts'
import type { Offers } from './offers.ts'

/** Lists are read page by page, each hit once; cursors are of one list. */
export function readsInPages({ search }: Offers, engine: string): void {
  for (const sort of ['relevance', 'newest', 'price_asc', 'price_desc', 'title'] as const) {
    for (const q of ['', 'lamp', 'lmap']) {
      test(`pages by ${sort} of “${q}” hold everything once, in order`, async () => {
        const whole = (await search({ q, sort, limit: 100 })).rows
        const paged: typeof whole = []
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await search({ q, sort, limit: 2, ...(cursor !== undefined && { cursor }) })
          expect(page.total.count).toBe(whole.length)
          paged.push(...page.rows)
          cursor = page.next
        }
        expect(paged).toEqual(whole)
        const prices = whole.map((row) => row.price.amount)
        if (sort === 'price_asc') expect(prices).toEqual(prices.toSorted((a, b) => a - b))
        if (sort === 'price_desc') expect(prices).toEqual(prices.toSorted((a, b) => b - a))
        const titles = whole.map((row) => row.title)
        if (sort === 'title') expect(titles).toEqual(titles.toSorted(new Intl.Collator('en').compare))
      })
    }
  }

  test('a cursor of another order, engine or index is refused', async () => {
    const { next } = await search({ q: 'lamp', limit: 1 })
    const cursor = next ?? ''
    const [order = '', , index = '', ...rest]: string[] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    await expect(search({ q: 'lamp', sort: 'newest', cursor })).rejects.toMatchObject({
      cause: { reason: 'invalid_input' },
    })
    const other = engine === 'postgres' ? 'opensearch' : 'postgres'
    for (const keys of [
      [other, index, ...rest],
      [engine, 'another', ...rest],
    ]) {
      const forged = encodeCursor(order, keys)
      await expect(search({ q: 'lamp', cursor: forged })).rejects.toMatchObject({ cause: { reason: 'cursor_expired' } })
    }
  })

  test('cursors that somebody made up are refused or answered, never an accident', async () => {
    const { next } = await search({ q: 'lamp', limit: 1 })
    const keys: unknown[] = JSON.parse(Buffer.from(next ?? '', 'base64url').toString())
    for (const key of [1e308, -1e308, 5e-324, 'x', '', '\ud800', 'NaN', 0]) {
      for (const [sort, order] of [
        ['relevance', 'search:relevance:EUR'],
        ['price_asc', 'search:price_asc:EUR'],
        ['title', 'search:title:EUR'],
        ['newest', 'search:newest:EUR'],
      ] as const) {
        const made = [order, ...keys.slice(1, 5), key, "' or 1=1 --\ud800", 'x']
        const cursor = Buffer.from(JSON.stringify(made)).toString('base64url')
        const answer = search({ q: 'lamp', sort, cursor }).then(
          () => 'answered',
          (error: { cause: { reason: string } }) => error.cause.reason,
        )
        expect(['answered', 'invalid_input', 'cursor_expired']).toContain(await answer)
      }
    }
  })
}
