import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { goods } from '@barrow/dev/test-goods'
import { openSearchEnv } from '@barrow/dev/test-opensearch'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { runWith } from '../test-io.ts'

const shop = await testShop({ env: openSearchEnv() })

test('both engines are built by one command, and show side by side what they find', async () => {
  for (const title of ['Desk Lamp', 'Floor Lamp', 'Kettle']) {
    const { productId } = await goods(shop, { onHand: 1 })
    await shop.system.product.update({ id: productId, title })
  }
  const rebuilt = await runWith(['search', 'rebuild'], shop.env)
  expect(rebuilt).toMatchObject({
    status: 0,
    out: 'postgres: the index is new, 3 products were read.\nopensearch: the index is new, 3 products were read.\n',
  })
  const file = join(await mkdtemp(join(tmpdir(), 'queries-')), 'queries.txt')
  await writeFile(file, 'lamp\nlmap\nkettle\nnothing like it\n')
  const { status, out } = await runWith(['search', 'compare', file], shop.env)
  expect(status).toBe(0)
  expect(out).toMatch(/“lamp”\n.*postgres 2.*opensearch 2/)
  expect(out).toMatch(/“lmap”\n.*postgres 2.*opensearch 2/)
  expect(out).toMatch(/1 +Kettle +Kettle/)
  expect(out).toContain('4 of 4 queries find as many everywhere.')
})
