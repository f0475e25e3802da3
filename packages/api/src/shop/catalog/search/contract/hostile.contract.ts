import { expect, test } from 'vitest'
import type { Offers } from './offers.ts'

/** Whatever somebody types or sends has an answer, and means nothing to the engine. */
export function bearsAnything({ search, found }: Offers): void {
  test('nothing that is typed is taken for a query language, or breaks one', async () => {
    const typed = [
      "lamp' | 'chair",
      'lamp & !desk',
      'lamp:*',
      'lamp <-> desk',
      "':*",
      '\\',
      "\\'",
      '(((((',
      'lamp AND NOT desk',
      'title:lamp',
      '*',
      '*:*',
      '?',
      'lamp~2',
      '"lamp',
      '[a TO z]',
      '{"match_all":{}}',
      '/.*/',
      '%',
      '_',
      'lamp OR 1=1 --',
      "'; drop table product; --",
      '#{lamp}',
      '\u202Elamp',
      'la\u0301mp',
      '½ lamp',
      'ﬁlter',
      'ŉ',
      'İstanbul',
      'ß',
      '🛋️',
      '👩‍👩‍👧',
      '\u200b',
      '\u0000'.slice(1),
      'a'.repeat(200),
      'ʼ'.repeat(200),
      '" '.repeat(100),
      'ab '.repeat(66),
      '字'.repeat(200),
      '\u0300'.repeat(200),
      'ก็'.repeat(100),
      '-'.repeat(200),
      '1e999 0x1F 3.14 -5',
      'and or not',
      'the',
      'http://example.com/?q=%27',
      'ada@example.com',
      '../../etc/passwd',
    ]
    for (const q of typed) {
      const page = await search({ q, facets: ['category', 'price'] }).catch((error: unknown) => {
        throw new Error(`“${q}” has no answer`, { cause: error })
      })
      expect(page.rows.length).toBeLessThanOrEqual(20)
    }
    expect(await found('*')).toEqual([])
    expect(await found('lamp & !desk')).toContain('Desk Lamp')
  })

  test('what is too long, too many or too deep is refused before it is looked for', async () => {
    const bad: Record<string, unknown>[] = [
      { q: 'x'.repeat(201) },
      { q: 'a\0b' },
      { q: '\ud800' },
      { limit: 101 },
      { limit: 0 },
      { cursor: 'x' },
      { cursor: 'x'.repeat(3_001) },
      { sort: 'price' },
      { facets: ['vendor'] },
      { attributes: Array.from({ length: 6 }, (_, n) => ({ name: `${n}`, values: ['x'] })) },
      { attributes: [{ name: 'a', values: [] }] },
      { price: { min: -1 } },
      { priceRanges: [] },
      { engine: 'postgres' },
      { currency: 'XYZ' },
    ]
    for (const input of bad) {
      await expect(search(input)).rejects.toMatchObject({ cause: { reason: 'invalid_input' } })
    }
  })
}
