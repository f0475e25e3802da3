import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { blocks, readme, root } from './readme.ts'
import { checkout, complaintsOf } from './test-checkout.ts'

const run = promisify(execFile)

test('who follows the README adds an entity: it compiles, migrates, and its test passes', async () => {
  await using copy = await checkout()
  const files = blocks(readme()).filter(({ label }) => label.includes('/shop/brand/'))
  expect(files.length).toBeGreaterThan(5)
  for (const { label, code } of files) await copy.write(label, code)
  await copy.edit('packages/api/src/routes.ts', /^/, "import { brandRouter } from './shop/brand/router.ts'\n")
  await copy.edit(
    'packages/api/src/routes.ts',
    /export const routes = \{\n/,
    'export const routes = {\n  brand: brandRouter,\n',
  )
  await copy.edit('packages/api/src/entities.ts', /^/, "import { BrandSchema } from './shop/brand/entity.ts'\n")
  await copy.edit(
    'packages/api/src/entities.ts',
    /export const entities = \[\n/,
    'export const entities = [\n  BrandSchema,\n',
  )
  await copy.edit('packages/dev/src/import-rules/rules.ts', /'user', 'category'/, "'user', 'category', 'brand'")
  expect(await complaintsOf(join(copy.root, 'packages/api'), '.')).toEqual([])

  await cp(join(root, 'package.json'), join(copy.root, 'package.json'))
  // The outcome of what runs in the copy is that of this test, not of the run that this test is a part of.
  const { TEST_RESULTS_DIR: _, ...own } = process.env
  const env = { ...own, TEST_DATABASE_URL: inject('serverUrl') }
  const node = (cwd: string, ...args: string[]) =>
    run(process.execPath, args, { cwd: join(copy.root, cwd), env }).catch(({ stdout, stderr }) => {
      throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`)
    })
  await node('.', 'packages/dev/start.js', 'new-migration', 'add-brands')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  await node('packages/api', vitest, 'run', 'src/shop/brand', 'src/routes.test.ts')
  await node('packages/dev', vitest, 'run', 'src/import-rules', '-t', 'every import goes')
}, 240_000)
