import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { type VariantId, variantId } from '../product/index.ts'

const shop = await testShop()
const staff = shop.staff('inventory:read', 'inventory:write')
const one = async (onHand?: number): Promise<VariantId> => {
  const made = await goods(shop, onHand === undefined ? {} : { onHand })
  return made.variantIds[0] ?? variantId.new()
}

const refused = (path: string) => ({
  cause: { reason: 'invalid_input', details: { fields: expect.arrayContaining([expect.objectContaining({ path })]) } },
})

test('a variant that nobody has counted is tracked and empty', async () => {
  const id = await one()
  expect(await staff.inventory.get({ variantId: id })).toMatchObject({
    tracked: true,
    onHand: 0,
    reserved: 0,
    available: 0,
    variantTitle: '0',
  })
})

test('what is counted and adjusted is in the ledger, with who and why', async () => {
  const id = await one()
  await staff.inventory.setLevel({ variantId: id, onHand: 10, note: 'first count' })
  await staff.inventory.adjust({ variantId: id, delta: 5, reason: 'received' })
  await staff.inventory.adjust({ variantId: id, delta: -2, reason: 'written_off', note: 'broken' })
  const level = await staff.inventory.setLevel({ variantId: id, onHand: 12 })
  expect(level).toMatchObject({ onHand: 12, available: 12 })
  const { rows } = await staff.inventory.movements({ variantId: id })
  expect(rows.map(({ delta, reason, note }) => [delta, reason, note])).toEqual([
    [-1, 'counted', null],
    [-2, 'written_off', 'broken'],
    [5, 'received', null],
    [10, 'counted', 'first count'],
  ])
  expect(rows[0]?.actor).toBe('user_00000000000000000000000000')
})

test('two hundred and fifty levels are set at once, all or none', async () => {
  const { variantIds } = await goods(shop, { variants: 250 })
  const { levels } = await staff.inventory.setLevels({
    levels: variantIds.map((variantId, index) => ({ variantId, onHand: index, tracked: index % 2 === 0 })),
  })
  expect(levels).toHaveLength(250)
  expect(levels[7]).toMatchObject({ onHand: 7, tracked: false, available: null })
  const stranger = variantId.new()
  await expect(
    staff.inventory.setLevels({
      levels: [
        { variantId: variantIds[0] ?? stranger, onHand: 99 },
        { variantId: stranger, onHand: 1 },
      ],
    }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND', cause: { reason: 'variant_not_found' } })
  expect(await staff.inventory.get({ variantId: variantIds[0] ?? stranger })).toMatchObject({ onHand: 0 })
})

test('batches that name the same variants in opposite orders do not wait for each other for ever', async () => {
  const { variantIds } = await goods(shop, { variants: 40 })
  const levels = variantIds.map((variantId) => ({ variantId, onHand: 3 }))
  const batches = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? levels : levels.toReversed()))
  await Promise.all(batches.map((levels) => staff.inventory.setLevels({ levels })))
  const { rows } = await staff.inventory.list({ variantIds })
  expect(new Set(rows.map((row) => row.onHand))).toEqual(new Set([3]))
})

test('fifty adjustments at once are all counted', async () => {
  const id = await one(100)
  const calls = Array.from({ length: 50 }, () =>
    staff.inventory.adjust({ variantId: id, delta: -1, reason: 'correction' }),
  )
  await Promise.all(calls)
  expect(await staff.inventory.get({ variantId: id })).toMatchObject({ onHand: 50 })
})

test('a level cannot go below nothing, nor above what the shop can hold', async () => {
  const id = await one(1)
  await expect(staff.inventory.adjust({ variantId: id, delta: -2, reason: 'correction' })).rejects.toMatchObject({
    code: 'CONFLICT',
    cause: { reason: 'below_reserved', details: { onHand: -1 } },
  })
  await expect(
    staff.inventory.adjust({ variantId: id, delta: 1_000_000_000, reason: 'received' }),
  ).rejects.toMatchObject({ cause: { reason: 'stock_limit' } })
})

test('what is not tracked may be below zero, and is not tracked again until it is counted', async () => {
  const id = await one()
  expect(await staff.inventory.setLevel({ variantId: id, onHand: -3, tracked: false })).toMatchObject({
    onHand: -3,
    available: null,
  })
  await expect(staff.inventory.setTracked({ variantId: id, tracked: true })).rejects.toMatchObject({
    cause: { reason: 'below_reserved' },
  })
  await staff.inventory.setLevel({ variantId: id, onHand: 4 })
  expect(await staff.inventory.setTracked({ variantId: id, tracked: true })).toMatchObject({ available: 4 })
})

test('low stock is found, and pages miss none', async () => {
  const { variantIds } = await goods(shop, { variants: 6 })
  const levels = variantIds.map((variantId, index) => ({ variantId, onHand: index }))
  await staff.inventory.setLevels({ levels })
  const asked = { variantIds, availableAtMost: 3, limit: 3 }
  const first = await staff.inventory.list(asked)
  const second = await staff.inventory.list({ ...asked, cursor: first.next ?? '' })
  expect([...first.rows, ...second.rows].map((row) => row.onHand)).toEqual([0, 1, 2, 3])
  expect(second.next).toBeNull()
})

test('a variant with stock can be deleted as long as nobody has ordered it', async () => {
  const id = await one(5)
  await shop.system.variant.delete({ id })
  await expect(staff.inventory.get({ variantId: id })).rejects.toMatchObject({ cause: { reason: 'variant_not_found' } })
})

test.each([Number.NaN, -1, 0.5, 1e21, 2 ** 53, Number.POSITIVE_INFINITY])(
  'a level of %d is refused',
  async (onHand) => {
    await expect(staff.inventory.setLevel({ variantId: variantId.new(), onHand })).rejects.toMatchObject(
      refused('onHand'),
    )
  },
)

test('an adjustment against its reason, of nothing, as text or with an unknown field is refused', async () => {
  const id = variantId.new()
  const adjust = (input: object) => staff.inventory.adjust({ variantId: id, delta: 1, reason: 'received', ...input })
  await expect(adjust({ delta: 0 })).rejects.toMatchObject(refused('delta'))
  await expect(adjust({ delta: -1 })).rejects.toMatchObject(refused('delta'))
  await expect(adjust({ reason: 'written_off' })).rejects.toMatchObject(refused('delta'))
  await expect(adjust({ delta: '1' })).rejects.toMatchObject(refused('delta'))
  await expect(adjust({ reason: 'sold' })).rejects.toMatchObject(refused('reason'))
  await expect(adjust({ onHand: 5 })).rejects.toMatchObject(refused('onHand'))
  await expect(adjust({ variantId: `variant_${'z'.repeat(1000)}` })).rejects.toMatchObject(refused('variantId'))
})

test('stock is read and written by those who may', async () => {
  await expect(shop.guest().inventory.list({})).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  const reader = shop.staff('inventory:read')
  await expect(reader.inventory.setTracked({ variantId: await one(), tracked: false })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
})
