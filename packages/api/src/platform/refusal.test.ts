import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { connected } from '@barrow/dev/database'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'
import { createRuntime, readConfig } from '../runtime.ts'
import { assertPlainRole } from './refusal.ts'

const packages = join(import.meta.dirname, '..', '..', '..')
const programs = [
  ['api', []],
  ['worker', []],
  ['cli', ['prove']],
] as const
const shop = await testShop()
const production = { ...shop.env, NODE_ENV: 'production', PAYMENT_PROVIDER: 'test', PORT: '0' }

function start(name: string, args: readonly string[], env: Record<string, string>) {
  return new Promise<{ status: unknown; said: string }>((ended) => {
    // Nothing of this process's own environment: it may hold a shop's settings.
    const options = { env: { PATH: process.env.PATH, ...env }, timeout: 60_000 }
    execFile(process.execPath, [join(packages, name, 'src', 'main.ts'), ...args], options, (error, stdout, stderr) =>
      ended({ status: error === null ? 0 : error.code, said: `${stdout}${stderr}` }),
    )
  })
}

test.each(programs)('%s ends with what is wrong, and with 78, when its settings are', async (name, args) => {
  const { status, said } = await start(name, args, { ...production, SECRET: 'changeme', DATABSE_URL: 'x' })
  expect(said).toBe('These settings are missing or wrong:\n  DATABSE_URL: is no setting; is DATABASE_URL meant?\n')
  expect(status).toBe(78)
})

test.each(programs)('%s does not work in production as a superuser of the database', async (name, args) => {
  const { status, said } = await start(name, args, production)
  expect(said).toMatch(/^These settings are missing or wrong:\n {2}DATABASE_URL: is a superuser’s; .+\n$/m)
  expect(said).not.toMatch(/ {4}at |Error/)
  expect(status).toBe(78)
})

test('a role that is none, a word of the operator’s, and a database that is away let production start', async () => {
  const role = `barrow_plain_${randomUUID().slice(0, 8)}`
  const url = shop.env.DATABASE_URL ?? ''
  await connected(url, (client) => client.query(`create role ${role} login password 'x${role}'`))
  afterAll(() => connected(url, (client) => client.query(`drop role ${role}`)))
  const away = Object.assign(new URL(url), { port: '1' }).href
  const plain = Object.assign(new URL(url), { username: role, password: `x${role}` }).href
  for (const settings of [{ DATABASE_URL: plain }, { DATABASE_ALLOW_SUPERUSER: 'true' }, { DATABASE_URL: away }]) {
    await using runtime = await createRuntime(readConfig({ ...production, ...settings }))
    await assertPlainRole(runtime)
  }
  await using runtime = await createRuntime(readConfig(production))
  await expect(assertPlainRole(runtime)).rejects.toThrow(/DATABASE_ALLOW_SUPERUSER/)
})
