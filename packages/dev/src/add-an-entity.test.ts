import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, inject, test } from 'vitest'
import { blocks, readme, root } from './readme.ts'

const run = promisify(execFile)

/** A checkout to write in: the packages copied, what is installed shared. */
const copy = mkdtempSync(join(tmpdir(), 'barrow-entity-'))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

function edit(file: string, find: RegExp, replacement: string): void {
  const path = join(copy, file)
  const before = readFileSync(path, 'utf8')
  const after = before.replace(find, replacement)
  expect(after, `${file} has no ${find}`).not.toBe(before)
  writeFileSync(path, after)
}

test('who follows the README adds an entity: it compiles, migrates, and its test passes', async () => {
  cpSync(join(root, 'packages'), join(copy, 'packages'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/\/(\.vite|\.vitest|dist|\.turbo)$/.test(path),
  })
  for (const file of ['tsconfig.json', 'package.json', 'pnpm-workspace.yaml'])
    cpSync(join(root, file), join(copy, file))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))

  const files = blocks(readme()).filter(({ label }) => label.startsWith('packages/'))
  expect(files.length).toBeGreaterThan(5)
  for (const { label, code } of files) {
    mkdirSync(dirname(join(copy, label)), { recursive: true })
    writeFileSync(join(copy, label), code)
  }
  edit('packages/api/src/routes.ts', /^/, "import { brandRouter } from './shop/brand/router.ts'\n")
  edit('packages/api/src/routes.ts', /export const routes = \{\n/, 'export const routes = {\n  brand: brandRouter,\n')
  edit('packages/api/src/entities.ts', /^/, "import { BrandSchema } from './shop/brand/entity.ts'\n")
  edit('packages/api/src/entities.ts', /export const entities = \[\n/, 'export const entities = [\n  BrandSchema,\n')
  edit('packages/dev/src/import-rules/rules.ts', /'user', 'category'\]/, "'user', 'category', 'brand']")

  const env = { ...process.env, TEST_DATABASE_URL: inject('serverUrl') }
  const node = (cwd: string, ...args: string[]) =>
    run(process.execPath, args, { cwd: join(copy, cwd), env }).catch(({ stdout, stderr }) => {
      throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`)
    })
  await node('.', 'packages/dev/start.js', 'new-migration', 'add-brands')
  await node('packages/api', join(root, 'node_modules/typescript/bin/tsc'), '--noEmit')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const { stdout } = await node('packages/api', vitest, 'run', 'src/shop/brand', 'src/routes.test.ts')
  expect(stdout).toMatch(/Test Files\s+\S*2 passed/)
  await node('packages/dev', vitest, 'run', 'src/import-rules')
})
