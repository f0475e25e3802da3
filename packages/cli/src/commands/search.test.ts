import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { runWith } from '../test-io.ts'

const shop = await testShop()

test('an index is built by one command, and what it finds is shown by another', async () => {
  const { productId } = await goods(shop, { onHand: 1 })
  await shop.system.product.update({ id: productId, title: 'Samovar' })
  await expect(shop.guest().product.search({ currency: 'EUR', q: 'samovar' })).rejects.toMatchObject({
    cause: { reason: 'search_not_ready' },
  })
  const rebuilt = await runWith(['search', 'rebuild'], shop.env)
  expect(rebuilt).toMatchObject({ status: 0, out: 'postgres: the index is new, 1 products were read.\n' })
  expect((await shop.guest().product.search({ currency: 'EUR', q: 'samovar' })).total.count).toBe(1)

  const file = join(await mkdtemp(join(tmpdir(), 'queries-')), 'queries.txt')
  await writeFile(file, 'samovar\n\nnothing like it\n')
  const { status, out } = await runWith(['search', 'compare', file], shop.env)
  expect(status).toBe(0)
  expect(out).toContain('Samovar')
  expect(out).toContain('2 of 2 queries find as many everywhere.')
})

test('an engine that the shop has not is refused by name', async () => {
  const { status, err } = await runWith(['search', 'rebuild', '--engine', 'opensearch'], shop.env)
  expect(status).toBe(1)
  expect(err).toContain('does not search by opensearch')
})
