import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it } from 'vitest'
import { runProgram } from './test-programs/program.ts'
import { startTestServer } from './test-server.ts'

const scratch = join(import.meta.dirname, '..', '..', '..', '.barrow')
const foldersOf = async (pid: number) => (await readdir(scratch)).filter((name) => name.startsWith(`test-${pid}-`))

it('a run brings its own server and leaves nothing of it behind', async () => {
  const server = await startTestServer({})
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  const { rows } = await client.query<{ folder: string; fsync: string }>(
    `SELECT current_setting('data_directory') AS folder, current_setting('fsync') AS fsync`,
  )
  await client.end()
  expect(rows[0]?.fsync).toBe('off')
  await server.stop()
  expect(existsSync(rows[0]?.folder ?? '/')).toBe(false)
  expect(await foldersOf(process.pid)).toEqual([])
})

it('what a killed run left is removed by the next one', async () => {
  const killed = runProgram('hold-test-server.ts', [])
  await killed.first
  killed.child.kill('SIGKILL')
  await killed.exited
  expect(await foldersOf(killed.pid)).toHaveLength(1)
  await using _server = await startTestServer({})
  expect(await foldersOf(killed.pid)).toEqual([])
})

it('a server given by the environment is used, and the one for tests goes before', async () => {
  await using given = await startTestServer({ DATABASE_URL: 'postgres://somebody@127.0.0.1:1/shop' })
  expect(given.url).toBe('postgres://somebody@127.0.0.1:1/shop')
  await using both = await startTestServer({
    DATABASE_URL: given.url,
    TEST_DATABASE_URL: 'postgres://tester@127.0.0.1:1/t',
  })
  expect(both.url).toBe('postgres://tester@127.0.0.1:1/t')
})
