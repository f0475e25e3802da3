import { expect, test } from 'vitest'
import { type Offers, offers } from './offers.ts'

/** What is found by which words, and in which order. */
export function findsByWords({ search, staff, idOf, catchUp }: Offers): void {
  const finds: readonly [q: string, titles: string[], why: string][] = [
    ['desk lamp', ['Desk Lamp'], 'every word has to be there'],
    ['CHAIRS', ['Café Chair', 'Rocking Chairs, Set of 2'], 'in any case and number'],
    ['lamp desk', ['Desk Lamp'], 'in any order'],
    ['lam', ['Desk Lamp', 'Floor Lamp', 'Lampshade', 'Reading Light'], 'the last word while it is typed'],
    ['chair', ['Café Chair', 'Rocking Chairs, Set of 2'], 'one or many'],
    ['run', ['Running Shoes'], 'whatever its ending'],
    ['cafe', ['Café Chair'], 'without accents'],
    ['CAFÉ chair', ['Café Chair'], 'with accents'],
    ['mueller', ['Café Chair'], 'or with them spelled out'],
    ['muller chair', ['Café Chair'], 'across title and vendor'],
    ['a lamp for the sofa', ['Reading Light'], 'without what everybody says'],
    ['bedside', ['Reading Light'], 'in the description, tags apart'],
    ['watering can', ['Watering Can'], 'though some of it is a common word'],
    ['outdoor', ['Rocking Chairs, Set of 2', 'Watering Can'], 'in tags'],
    ['seating', ['Café Chair', 'Rocking Chairs, Set of 2'], 'in the name of a category'],
    ['lighting', ['Desk Lamp', 'Floor Lamp', 'Lampshade', 'Reading Light'], 'or of one above it'],
    ['lmp-001', ['Desk Lamp'], 'by its SKU'],
    ['ランプ', ['北欧ランプ'], 'in scripts without spaces'],
    ['shade', ['Lampshade'], 'inside of a word, when no word is it'],
    ['dekslamp', [], 'not where words run together'],
    ['dsek lmap', ['Desk Lamp'], 'with letters in each other’s place'],
    ['floo lampp', ['Floor Lamp'], 'with letters missing or doubled'],
    ['rocjing', ['Rocking Chairs, Set of 2'], 'with a wrong letter'],
    ['zzzzzz', [], 'what nothing is like'],
    ['!!!', [], 'what is no word'],
  ]
  for (const [q, titles, why] of finds) {
    test(`“${q}” finds ${titles.length === 0 ? 'nothing' : titles.join(' and ')}: ${why}`, async () => {
      const page = await search({ q, limit: 100 })
      expect(page.rows.map((row) => row.title).sort()).toEqual(titles.toSorted())
      expect(page.total).toEqual({ count: titles.length, more: false })
      expect(page.next).toBeNull()
    })
  }

  test('what was only found by words like those typed says so', async () => {
    expect((await search({ q: 'desk lamp' })).loose).toBe(false)
    expect((await search({ q: 'dsek lmap' })).loose).toBe(true)
  })

  test('a title says more than a description, and a SKU more than all words', async () => {
    const { rows } = await search({ q: 'lamp' })
    expect(rows.at(-1)?.title).toBe('Reading Light')
    await staff.product.update({
      id: idOf('Watering Can').productId,
      description: 'Lmp 001, lmp 001, goes with the lmp 001.',
    })
    await catchUp()
    const bySku = await search({ q: 'LMP-001' })
    expect(bySku.rows.map((row) => row.title)).toEqual(['Desk Lamp', 'Watering Can'])
    await staff.product.update({ id: idOf('Watering Can').productId, description: '' })
    await catchUp()
  })

  test('without words everything is there, the newest first', async () => {
    const { rows, total } = await search({})
    const all = offers.filter((one) => one.eur !== undefined).map((one) => one.title)
    expect(rows.map((row) => row.title)).toEqual(all.toReversed())
    expect(total).toEqual({ count: all.length, more: false })
    expect(await search({ q: '   ' })).toEqual(await search({}))
  })
}
