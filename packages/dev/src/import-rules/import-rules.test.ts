import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findCircle, importsOf } from './imports.ts'
import { violations } from './rules.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
const files = globSync('packages/*/{src,migrations}/**/*.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'))
const sources = files.filter((file) => !/\.test(-d)?\.ts$|\/shop\/\w+\/test-[^/]+$|\/fixtures\//.test(file))
const imports = sources.flatMap((file) => importsOf(root, file))

test('every import goes the way the house allows', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(violations(imports)).toEqual([])
})

test('no file imports itself, however far round', () => {
  expect(findCircle(imports.filter((edge) => !edge.typeOnly))).toBeUndefined()
})

test.each([
  ['packages/api/src/platform/x.ts', `import { place } from '../shop/order/index.ts'`],
  ['packages/api/src/shop/cart/x.ts', `import { place } from '../order/index.ts'`],
  ['packages/api/src/shop/order/x.ts', `import { load } from '../cart/commands.ts'`],
  ['packages/api/src/shop/order/x.ts', `export type { Load } from '../cart/commands.ts'`],
  ['packages/api/src/shop/order/x.ts', `const late = import('../../runtime.ts')`],
  ['packages/api/src/shop/order/schema.ts', `import type { Config } from '../../platform/config.ts'`],
  ['packages/api/src/shop/order/router.ts', `import { sql } from 'kysely'`],
  ['packages/api/src/shop/gift/x.ts', `import { z } from 'zod'`],
  ['packages/sdk/src/x.ts', `import { z } from 'zod'`],
  ['packages/sdk/src/x.ts', `import { routes } from '@barrow/api/contract'`],
  ['packages/worker/src/x.ts', `import { routes } from '../../api/src/routes.ts'`],
])('%s may not say %s', (file, source) => {
  expect(violations(importsOf(root, file, source))).toHaveLength(1)
})

test('a circle is found and named', () => {
  const edge = (from: string, to: string) => ({ from, to, typeOnly: false })
  expect(findCircle([edge('a', 'b'), edge('b', 'c'), edge('c', 'a')])).toEqual(['a', 'b', 'c', 'a'])
})

test('nothing reads the environment but the programs that start', () => {
  const readers = sources.filter((file) => /process\.env\b/.test(readFileSync(join(root, file), 'utf8')))
  expect(readers.filter((file) => !/^packages\/(dev|bench)\/|\/main\.ts$/.test(file))).toEqual([])
})

test('the top level holds what it was given and nothing else', () => {
  const kept = ['packages', 'docker', 'turbo.json', 'pnpm-workspace.yaml', 'package.json', 'tsconfig.json', 'README.md']
  const allowed = new Set([...kept, 'pnpm-lock.yaml', 'LICENSE', 'biome.json', 'node_modules'])
  expect(readdirSync(root).filter((name) => !name.startsWith('.') && !allowed.has(name))).toEqual([])
})
