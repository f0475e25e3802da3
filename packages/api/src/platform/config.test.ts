import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConfigError, Environment, readConfig, readDatabase } from './config.ts'

const random = () => randomBytes(32).toString('base64url')
const SECRET = random()
const base = { NODE_ENV: 'test', DATABASE_URL: 'postgres://localhost/shop', SECRET }
const production = { ...base, NODE_ENV: 'production', PAYMENT_PROVIDER: 'test', MAILBOX_DIR: 'mailbox' }
const folder = await mkdtemp(join(tmpdir(), 'barrow-config-'))
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

/** What a start with these settings is refused with. */
function refusal(env: Record<string, string | undefined>): string {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('it was not refused')
}

test('a shop with no settings says which it needs', () => {
  expect(refusal({})).toMatch(/^These settings are missing or wrong:\n {2}DATABASE_URL: .+\n {2}SECRET: /)
})

test.each([
  ['DATABSE_URL', 'DATABASE_URL'],
  ['DATABASE_URLS', 'DATABASE_URL'],
  ['SMTP_ULR', 'SMTP_URL'],
  ['SECRETS', 'SECRET'],
  ['COOKIE_SAMESITE', 'COOKIE_SAME_SITE'],
  ['CACHE_REDIS_URI', 'CACHE_REDIS_URL'],
  ['KAFKA_BROKER', 'KAFKA_BROKERS'],
  ['BARROW_DATABASE_URL', 'DATABASE_URL'],
])('%s is taken for a slip, not for silence', (name, meant) => {
  expect(refusal({ ...base, [name]: 'a value' })).toContain(`${name}: is no setting; is ${meant} meant?`)
})

test('a name that begins as ours and is none is refused, unless Kubernetes gave it', () => {
  expect(refusal({ ...base, BARROW_TURBO: 'on' })).toContain('BARROW_TURBO: is no setting')
  const ofAService = {
    BARROW_API_SERVICE_HOST: '10.0.0.1',
    BARROW_API_SERVICE_PORT_HTTP: '4000',
    BARROW_API_PORT: 'tcp://10.0.0.1:4000',
    BARROW_API_PORT_4000_TCP_ADDR: '10.0.0.1',
  }
  expect(() => readConfig({ ...base, ...ofAService })).not.toThrow()
})

test('what other programs are told is nothing to the shop', () => {
  const others = {
    HOME: '/root',
    HOSTNAME: 'pod-1',
    HOT: '1',
    PATH: '/bin',
    POSTGRES_PASSWORD: 'x',
    npm_config_port: '1',
  }
  expect(() =>
    readConfig({ ...base, ...others, LANG: 'C', REDIS_PORT: 'tcp://10.0.0.1:6379', PORTS: '1' }),
  ).not.toThrow()
})

test('no message holds a value, whatever is wrong', () => {
  const marker = 'v4lue-th4t-nobody-may-re4d'
  const messages = Object.keys(Environment.shape).flatMap((name) => {
    try {
      readConfig({ ...production, [name]: marker })
      return []
    } catch (error) {
      return [String(error)]
    }
  })
  expect(messages.length).toBeGreaterThan(20)
  expect(messages.join()).not.toContain(marker)
  expect(refusal({ ...base, DATABASE_URL_FILE: `/nowhere/${marker}`, DATABASE_URL: undefined })).not.toContain(marker)
})

test('every setting may be read from a file, as secrets are handed over in containers', async () => {
  const { DATABASE_URL: _, SECRET: __, ...rest } = base
  const env = {
    ...rest,
    SECRET_FILE: await file('secret', `${SECRET}\n`),
    DATABASE_URL_FILE: await file('database', 'postgres://shop:word@db.example.com/shop\r\n'),
  }
  expect(readConfig(env)).toMatchObject({
    secrets: [SECRET],
    database: { url: 'postgres://shop:word@db.example.com/shop?sslmode=verify-full' },
  })
  expect(readDatabase(env).url).toBe('postgres://shop:word@db.example.com/shop?sslmode=verify-full')
  expect(refusal({ ...env, SECRET })).toContain('SECRET_FILE: and SECRET are both set')
  expect(refusal({ ...env, SECRET_FILE: join(folder, 'nothing') })).toContain(
    'SECRET_FILE: names a file that cannot be read (ENOENT)',
  )
  expect(refusal({ ...env, SECRET_FILE: await file('empty', '\n') })).toContain('SECRET: ')
})

test('what is set to nothing is not set', () => {
  expect(readConfig({ ...base, CACHE_REDIS_URL: '', PORT: '', SMTP_URL: '' }).http.port).toBe(4000)
})

test('the cache and the queue never share a database', () => {
  const both = (REDIS_URL: string, CACHE_REDIS_URL: string) => ({ ...base, REDIS_URL, CACHE_REDIS_URL })
  for (const [queue, cache] of [
    ['redis://localhost', 'redis://127.0.0.1:6379/0'],
    ['redis://:a@Redis.example.com:6379', 'rediss://:b@redis.example.com/0'],
    ['redis://localhost/3', 'redis://[::1]:6379/3'],
  ] as const) {
    expect(refusal(both(queue, cache))).toContain('CACHE_REDIS_URL: must not be the database of REDIS_URL')
  }
  for (const cache of ['redis://localhost/1', 'redis://localhost:6380', 'rediss://cache.example.com']) {
    expect(readConfig(both('redis://localhost', cache)).cache.redisUrl).toBe(cache)
  }
  expect(readConfig({ ...base, CACHE_SECONDS: '2' }).cache.maxAgeMs).toEqual({ catalogue: 2_000, stock: 2_000 })
})

test.each([
  ['SECRET', 'changeme'],
  ['SECRET', 'supersecret'],
  ['SECRET', `${random().slice(0, 20)}changeme${random().slice(0, 20)}`],
  ['SECRET', 'a'.repeat(64)],
  ['SECRET', random().slice(0, 11).repeat(4)],
  ['SECRET', randomBytes(31).toString('hex')],
  ['SECRET', 'abcabdabeabcabdabdabeabdabcabeabdabcabdabeabd'],
  ['INTERNAL_TOKEN', 'a-token-for-operators-0123456789abcdef'],
])('in production %s is not %s', (name, text) => {
  const said = refusal({ ...production, [name]: text })
  expect(said).toMatch(new RegExp(`^  ${name}(\\.0)?: `, 'm'))
  expect(said).not.toContain(text)
})

test('one secret may follow the other, and only another', () => {
  const next = random()
  expect(readConfig({ ...production, SECRET: `${next},${SECRET}` }).secrets).toEqual([next, SECRET])
  expect(refusal({ ...production, SECRET: `${SECRET},${SECRET}` })).toContain('SECRET: names the same secret twice')
  expect(refusal({ ...production, SECRET: `${next},${SECRET},${random()}` })).toContain('SECRET: ')
  expect(refusal({ ...production, SECRET: `${next},changeme-changeme-changeme-changeme` })).toContain('SECRET: ')
})

test.each([
  ['PUBLIC_URL', 'http://shop.example.com', 'must be https'],
  ['PUBLIC_URL', 'http://10.0.0.1', 'must be https'],
  ['CORS_ORIGINS', '*', ''],
  ['CORS_ORIGINS', 'null', ''],
  ['CORS_ORIGINS', 'https://*.example.com', ''],
  ['DATABASE_URL', 'postgres://postgres:postgres@db.example.com/shop', 'a password that everybody tries'],
  ['DATABASE_URL', 'postgres://shop:Shop@localhost/shop', 'a password that everybody tries'],
  ['CACHE_REDIS_URL', 'rediss://cache.example.com', 'must hold a password'],
  ['LIMITS_REDIS_URL', 'rediss://:redis@limits.example.com', 'a password that everybody tries'],
  ['LOG_LEVEL', 'debug', 'ALLOW_DEBUG_LOGS'],
])('production refuses %s of %s', (name, value, rule) => {
  const said = refusal({ ...production, [name]: value })
  expect(said).toContain(`${name}`)
  expect(said).toContain(rule)
})

test('a queue in production has a password, if it is the one that is used', () => {
  const env = { ...production, REDIS_URL: 'rediss://queue.example.com' }
  expect(refusal({ ...env, TRANSPORT: 'redis' })).toContain('REDIS_URL: must hold a password')
  expect(() => readConfig(env)).not.toThrow()
  expect(() => readConfig({ ...env, TRANSPORT: 'redis', REDIS_URL: 'redis://127.0.0.1' })).not.toThrow()
})

test('what production refuses, a shop on this machine may have', () => {
  for (const PUBLIC_URL of [
    'http://localhost:4000',
    'http://127.0.0.1',
    'http://[::1]:4000',
    'https://shop.example.com',
  ])
    expect(() => readConfig({ ...production, PUBLIC_URL })).not.toThrow()
  expect(() =>
    readConfig({ ...base, SECRET: 'a'.repeat(32), DATABASE_URL: 'postgres://postgres:postgres@localhost/shop' }),
  ).not.toThrow()
})
