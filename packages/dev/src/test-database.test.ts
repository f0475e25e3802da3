import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, ensureTemplate } from './test-database.ts'
import { runProgram } from './test-programs/program.ts'
import { startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
let keys = 0
const newKey = () => `k${process.pid}_${++keys}`
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

async function query(url: string, text: string, values: unknown[] = []): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<unknown[]>({ text, values, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}
const migrate = async (url: string) => {
  await query(url, 'CREATE TABLE product (sku text PRIMARY KEY)')
}
const exists = async (name: string) =>
  (await query(server.url, 'SELECT 1 FROM pg_database WHERE datname = $1', [name])).length === 1
const lastUsed = (name: string, ago: string) =>
  query(
    server.url,
    `DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE ${name} IS %L',
    'Barrow test database, last used ' || to_char(now() - interval '${ago}', 'YYYY-MM-DD HH24:MI:SSOF')); END $$`,
  )

it('every test gets a migrated database of its own', async () => {
  const template = await ensureTemplate({ serverUrl: server.url, key: newKey(), migrate })
  await using first = await createTestDatabase({ serverUrl: server.url, template })
  await using second = await createTestDatabase({ serverUrl: server.url, template })
  await query(first.url, `INSERT INTO product VALUES ('A-1')`)
  expect(await query(first.url, 'SELECT sku FROM product')).toEqual([['A-1']])
  expect(await query(second.url, 'SELECT sku FROM product')).toEqual([])
})

it('a test database is dropped even while something still holds a connection to it', async () => {
  const template = await ensureTemplate({ serverUrl: server.url, key: newKey(), migrate })
  const database = await createTestDatabase({ serverUrl: server.url, template })
  const forgotten = new pg.Client({ connectionString: database.url })
  const cut = new Promise<Error>((resolve) => forgotten.on('error', resolve))
  await forgotten.connect()
  await database.drop()
  expect((await cut).message).toContain('terminating connection')
  expect(await exists(new URL(database.url).pathname.slice(1))).toBe(false)
})

it('twenty that need a template at once make it once', async () => {
  const key = newKey()
  let migrations = 0
  const names = await Promise.all(
    Array.from({ length: 20 }, () =>
      ensureTemplate({
        serverUrl: server.url,
        key,
        migrate: async (url) => {
          migrations++
          await migrate(url)
        },
      }),
    ),
  )
  expect(migrations).toBe(1)
  expect(new Set(names)).toEqual(new Set([`barrow_template_${key}`]))
})

it('twenty tests that begin at once each get their copy', async () => {
  const template = await ensureTemplate({ serverUrl: server.url, key: newKey(), migrate })
  const databases = await Promise.all(
    Array.from({ length: 20 }, () => createTestDatabase({ serverUrl: server.url, template })),
  )
  for (const { url } of databases) expect(await query(url, 'SELECT sku FROM product')).toEqual([])
  await Promise.all(databases.map((database) => database.drop()))
})

it('a migration that fails leaves no template, and the next try makes it', async () => {
  const key = newKey()
  const failing = ensureTemplate({
    serverUrl: server.url,
    key,
    migrate: async (url) => {
      await migrate(url)
      throw new Error('the second migration is wrong')
    },
  })
  await expect(failing).rejects.toThrow('the second migration is wrong')
  expect(await exists(`barrow_template_${key}`)).toBe(false)
  await expect(ensureTemplate({ serverUrl: server.url, key, migrate })).resolves.toBe(`barrow_template_${key}`)
})

it('a process killed in the middle of migrating leaves no template and nobody waiting', async () => {
  const key = newKey()
  const stuck = runProgram('stuck-template.ts', [server.url, key])
  await stuck.first
  const waiting = ensureTemplate({ serverUrl: server.url, key, migrate })
  stuck.child.kill('SIGKILL')
  await using database = await createTestDatabase({ serverUrl: server.url, template: await waiting })
  expect(
    await query(database.url, `SELECT to_regclass('product') IS NOT NULL, to_regclass('half_done') IS NULL`),
  ).toEqual([[true, true]])
})

it('what nobody asked for in an hour is dropped, what is in use or made by hand is not', async () => {
  const [old, recent, made] = [newKey(), newKey(), `barrow_test_by_hand_${process.pid}`]
  const template = await ensureTemplate({ serverUrl: server.url, key: old, migrate })
  const leftover = await createTestDatabase({ serverUrl: server.url, template })
  const inUse = await createTestDatabase({ serverUrl: server.url, template })
  await ensureTemplate({ serverUrl: server.url, key: recent, migrate })
  await query(server.url, `CREATE DATABASE ${made}`)
  const names = [leftover, inUse].map(({ url }) => new URL(url).pathname.slice(1))
  for (const name of [template, ...names]) await lastUsed(name, '61 minutes')
  const user = new pg.Client({ connectionString: inUse.url })
  await user.connect()

  await ensureTemplate({ serverUrl: server.url, key: newKey(), migrate })

  expect(await Promise.all([template, ...names, `barrow_template_${recent}`, made].map(exists))).toEqual([
    false,
    false,
    true,
    true,
    true,
  ])
  await user.end()
  await inUse.drop()
  await query(server.url, `DROP DATABASE ${made}`)
})

it('a key that could not be part of a name is refused', async () => {
  const naming = ensureTemplate({ serverUrl: server.url, key: 'x"; DROP DATABASE shop', migrate })
  await expect(naming).rejects.toThrow(RangeError)
})
