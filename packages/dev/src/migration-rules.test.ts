import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { breaks } from './migration-rules.ts'
import { root } from './readme.ts'

const folder = join(root, 'packages', 'api', 'migrations')
const [initial = '', ...later] = readdirSync(folder)
  .filter((name) => /^\d{14}_/.test(name))
  .sort()

test('the version before goes on working while a migration of this one has run', () => {
  expect(initial).toMatch(/_initial/)
  const found = later.flatMap((file) => breaks(readFileSync(join(folder, file), 'utf8')).map((what) => [file, what]))
  expect(found).toEqual([])
})

const migration = (sql: string, above = '') => `  override up(): void {\n${above}    this.addSql(\`${sql}\`)\n  }\n`

test.each([
  ['alter table "order" drop column "note"', 'drops'],
  ['drop index "order_note"', 'drops'],
  ['alter table "order" rename column "note" to "remark"', 'renames'],
  ['alter table "order" alter column "note" type text', 'changes a type'],
  ['alter table "order" alter column "note" set not null', 'forbids null'],
  ['alter table "order" add column "note" text not null', 'adds a column'],
  ['alter table "order" add column "a" int null, add column "note" text not null', 'adds a column'],
])('%s needs a release before it', (sql, what) => {
  expect(breaks(migration(sql))).toEqual([expect.stringContaining(what)])
  expect(breaks(migration(sql, '    // contract: nothing has read it since 0.3\n'))).toEqual([])
})

test.each([
  'create table "note" ("id" varchar(64) not null, "text" text not null)',
  'alter table "order" add column "note" text null',
  `alter table "order" add column "note" text not null default ''`,
  'alter table "order" add column "a" int not null default 0, add column "b" int null',
  'create index "order_note" on "order" ("note")',
])('%s needs none', (sql) => {
  expect(breaks(migration(sql))).toEqual([])
})
