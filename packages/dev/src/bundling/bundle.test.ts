import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createTestDatabase } from '../test-database.ts'
import { bundle, type Program, programs } from './bundle.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
/** Far from any `node_modules`. */
const folder = await mkdtemp(join(tmpdir(), 'barrow-bundle-'))
const database = await createTestDatabase({ serverUrl: inject('serverUrl'), template: 'template0' })
const env = {
  NODE_ENV: 'production',
  PATH: process.env.PATH,
  DATABASE_URL: database.url,
  SECRET: 'v8TqR2nLxW5bYc7KdZ0pFhJ3mQsG6uEa9iVoXrNtBwD',
  PUBLIC_URL: 'http://localhost:4000',
  PORT: '0',
  MAILBOX_DIR: join(folder, 'mailbox'),
  PAYMENT_PROVIDER: 'test',
  DATABASE_ALLOW_SUPERUSER: 'true',
}

beforeAll(async () => {
  for (const program of programs) await bundle(program, join(folder, program))
}, 180_000)
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

/** As the images start them. */
const flagsOf = async (program: Program): Promise<string[]> => {
  const dockerfile = await readFile(join(root, 'docker', 'Dockerfile'), 'utf8')
  const [, stage = ''] = dockerfile.split(` AS ${program}\n`)
  const [node, ...flags]: string[] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(stage)?.[1] ?? '[]')
  expect([node, flags.pop()]).toEqual(['node', 'main.mjs'])
  return flags
}

async function start(program: Program, args: readonly string[] = []) {
  const command = [...(await flagsOf(program)), 'main.mjs', ...args]
  return spawn(process.execPath, command, { cwd: join(folder, program), env, stdio: 'pipe' })
}

async function barrow(...args: string[]) {
  const child = await start('cli', args)
  child.stdin.end('correct horse battery staple\n')
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { out, err, status }
}

/** Waits for a line of its log, then tells it to stop. */
async function runUntil(program: Program, said: string, then: (line: { port?: number }) => Promise<void>) {
  const child = await start(program)
  const ended = once(child, 'exit')
  try {
    let heard = false
    for await (const line of createInterface(child.stdout)) {
      const entry: { msg?: string; port?: number } = JSON.parse(line)
      if (entry.msg !== said || heard) continue
      heard = true
      await then(entry)
      child.kill('SIGTERM')
    }
    expect([heard, ...(await ended)]).toEqual([true, 0, null])
  } finally {
    child.kill('SIGKILL')
  }
}

test('each program runs from its folder alone, with the flags of its image', async () => {
  expect(await barrow('migrate')).toEqual({ out: 'The database is up to date.\n', err: '', status: 0 })
  expect(await barrow('create-admin', '--email', 'a@example.com', '--name', 'A', '--password-stdin')).toMatchObject({
    status: 0,
  })
  expect(await barrow('prove')).toMatchObject({ err: '', status: 0 })
  await runUntil('api', 'api listening', async ({ port }) => {
    const ask = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init)
    expect((await ask('/health/ready')).status).toBe(200)
    expect((await ask('/trpc/category.list?input=%7B%22json%22%3A%7B%7D%7D')).status).toBe(200)
    expect((await ask('/rest/v1/docs/swagger-ui-bundle.js')).status).toBe(200)
    const signedIn = await ask('/trpc/auth.login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: { email: 'a@example.com', password: 'correct horse battery staple' } }),
    })
    expect([signedIn.status, await signedIn.text()]).toEqual([200, expect.stringContaining('a@example.com')])
  })
  await runUntil('worker', 'worker started', async () => {})
}, 180_000)

test('objects have no back door to what all of them share', async () => {
  for (const program of programs) expect(await flagsOf(program)).toContain('--disable-proto=delete')
})
