import { checkout } from '@barrow/dev/test-checkout'
import { haveManyProcedures } from '@barrow/dev/test-many-procedures'
import { expect, test } from 'vitest'

test('a shop of 300 procedures more still has types small enough to print', async () => {
  await using copy = await checkout()
  await haveManyProcedures(copy)
  const options = { noEmit: false, declaration: true, rootDir: '.', outDir: 'out' }
  expect(await copy.complaints(['packages/api/src/contract.ts'], options)).toEqual([])
})
