import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'

const shop = await testShop()
const staff = shop.staff('catalog:write')

test('a category is found by its id and by its slug', async () => {
  const category = await staff.category.create({ slug: 'lamps', name: 'Lamps' })
  expect(await shop.guest().category.get({ slug: 'lamps' })).toEqual(category)
  expect(await shop.guest().category.get({ id: category.id })).toEqual(category)
})

test('two categories cannot have one slug', async () => {
  await staff.category.create({ slug: 'twice', name: 'First' })
  await expect(staff.category.create({ slug: 'twice', name: 'Second' })).rejects.toMatchObject({
    code: 'CONFLICT',
    cause: { reason: 'slug_taken', details: { slug: 'twice' } },
  })
})

test('a category cannot be moved below itself', async () => {
  const top = await staff.category.create({ slug: 'top', name: 'Top' })
  const below = await staff.category.create({ slug: 'below', name: 'Below', parentId: top.id })
  await expect(staff.category.update({ id: top.id, parentId: below.id })).rejects.toMatchObject({
    cause: { reason: 'category_cycle' },
  })
})

test('two moves at the same moment that would make a circle together: one is refused', async () => {
  const a = await staff.category.create({ slug: 'a', name: 'A' })
  const b = await staff.category.create({ slug: 'b', name: 'B' })
  const moves = await Promise.allSettled([
    staff.category.update({ id: a.id, parentId: b.id }),
    staff.category.update({ id: b.id, parentId: a.id }),
  ])
  expect(moves.map((move) => move.status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('a category with subcategories cannot be deleted', async () => {
  const top = await staff.category.create({ slug: 'full', name: 'Full' })
  await staff.category.create({ slug: 'inside', name: 'Inside', parentId: top.id })
  await expect(staff.category.delete({ id: top.id })).rejects.toMatchObject({ cause: { reason: 'category_in_use' } })
})

test('the tree pages by cursor and misses none', async () => {
  const top = await staff.category.create({ slug: 'pages', name: 'Pages' })
  for (let n = 0; n < 5; n++)
    await staff.category.create({ slug: `page-${n}`, name: `${n}`, parentId: top.id, position: n % 2 })
  const first = await shop.guest().category.list({ parentId: top.id, limit: 3 })
  const second = await shop.guest().category.list({ parentId: top.id, limit: 3, cursor: first.next ?? '' })
  expect([...first.rows, ...second.rows].map((row) => row.slug).sort()).toEqual([
    'page-0',
    'page-1',
    'page-2',
    'page-3',
    'page-4',
  ])
  expect(second.next).toBeNull()
})

test('a visitor cannot add a category, and an unknown field is refused by name', async () => {
  await expect(shop.guest().category.create({ slug: 'x', name: 'X' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  // @ts-expect-error: the field does not exist
  await expect(staff.category.create({ slug: 'x', name: 'X', admin: true })).rejects.toMatchObject({
    cause: { reason: 'invalid_input', details: { fields: [{ path: 'admin' }] } },
  })
})

test('the same call under one key, five times at once, makes one category and one answer', async () => {
  const actor = { kind: 'system', name: 'keys' } as const
  const calls = Array.from({ length: 5 }, () =>
    shop.as(actor, 'key-12345678').category.create({ slug: 'once', name: 'Once' }),
  )
  const answers = await Promise.all(calls)
  expect(new Set(answers.map((answer) => answer.id)).size).toBe(1)
  await expect(shop.as(actor, 'key-12345678').category.create({ slug: 'other', name: 'O' })).rejects.toMatchObject({
    cause: { reason: 'idempotency_key_reused' },
  })
})

test('a name of blanks is none', async () => {
  await expect(staff.category.create({ slug: 'blank', name: ' \u3000' })).rejects.toMatchObject({
    cause: { reason: 'invalid_input', details: { fields: [{ path: 'name' }] } },
  })
})
