import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { MikroORM } from '@mikro-orm/postgresql'
import { expect, test } from 'vitest'
import { ConfigError, readConfig, readDatabase } from './config.ts'
import { ormOptions } from './orm.ts'
import { databaseTls } from './tls-settings.ts'

const base = { NODE_ENV: 'test', DATABASE_URL: 'postgres://localhost/shop', SECRET: 'a'.repeat(32) }
const read = (env: Record<string, string>) => readConfig({ ...base, ...env })
const remote = 'postgres://shop:word@db.example.com/shop'

test('a database elsewhere has to prove who it is, unless somebody says otherwise', () => {
  const { database, unencryptedHosts } = read({ DATABASE_URL: remote })
  expect(database.url).toBe(`${remote}?sslmode=verify-full`)
  expect(unencryptedHosts).toEqual([])
  expect(databaseTls(database.url)).toEqual({ rejectUnauthorized: true })
  expect(readDatabase({ DATABASE_URL: remote }).ownerUrl).toBe(`${remote}?sslmode=verify-full`)
  const exempt = read({ DATABASE_URL: remote, UNENCRYPTED_HOSTS: 'redis, DB.example.com' })
  expect(exempt.database.url).toBe(remote)
  expect(databaseTls(exempt.database.url)).toBe(false)
  expect(exempt.unencryptedHosts).toEqual(['db.example.com'])
})

test.each(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'no-verify'])(
  'sslmode=%s of a database elsewhere is refused, since anybody could be it',
  (mode) => {
    const env = { DATABASE_URL: `${remote}?sslmode=${mode}` }
    expect(() => read(env)).toThrow(ConfigError)
    expect(() => read(env)).toThrow(/DATABASE_URL: must have sslmode=verify-full, or its host in UNENCRYPTED_HOSTS/)
    expect(() => readDatabase(env)).toThrow(/DATABASE_URL/)
    expect(read({ ...env, UNENCRYPTED_HOSTS: 'db.example.com' }).unencryptedHosts).toEqual(['db.example.com'])
  },
)

test.each([
  [
    'REDIS_URL',
    { TRANSPORT: 'redis', REDIS_URL: 'redis://redis.example.com' },
    { TRANSPORT: 'redis', REDIS_URL: 'rediss://redis.example.com' },
  ],
  [
    'OPENSEARCH_URL',
    { SEARCH: 'opensearch', OPENSEARCH_URL: 'http://search.example.com' },
    { SEARCH: 'opensearch', OPENSEARCH_URL: 'https://search.example.com' },
  ],
  ['CACHE_REDIS_URL', { CACHE_REDIS_URL: 'redis://10.0.0.7/2' }, { CACHE_REDIS_URL: 'rediss://10.0.0.7/2' }],
  ['LIMITS_REDIS_URL', { LIMITS_REDIS_URL: 'redis://[2001:db8::1]' }, { LIMITS_REDIS_URL: 'rediss://[2001:db8::1]' }],
  [
    'KAFKA_BROKERS',
    { TRANSPORT: 'kafka', KAFKA_BROKERS: 'a.example.com:9092' },
    { TRANSPORT: 'kafka', KAFKA_BROKERS: 'a.example.com:9092', KAFKA_TLS: 'true' },
  ],
])('%s elsewhere is spoken to by TLS', (name, clear, encrypted) => {
  expect(() => read(clear)).toThrow(new RegExp(`${name}: .*UNENCRYPTED_HOSTS`))
  expect(read(encrypted).unencryptedHosts).toEqual([])
})

test('an address that nothing uses stands in nobody’s way', () => {
  const { unencryptedHosts } = read({
    REDIS_URL: 'redis://redis.example.com',
    KAFKA_BROKERS: 'a.example.com:9092',
    OPENSEARCH_URL: 'http://search.example.com',
  })
  expect(unencryptedHosts).toEqual([])
})

test('servers on this machine may be spoken to in the clear', () => {
  const { unencryptedHosts, database } = read({
    DATABASE_URL: 'postgres://localhost/shop?host=/var/run/postgresql',
    REDIS_URL: 'redis://127.0.0.1:6379',
    CACHE_REDIS_URL: 'redis://localhost:6380',
    LIMITS_REDIS_URL: 'redis://[::1]:6381',
    KAFKA_BROKERS: 'localhost:9092,[::1]:9093',
  })
  expect(unencryptedHosts).toEqual([])
  expect(database.url).not.toContain('sslmode')
})

test('a relay that takes letters without TLS is among what is logged', () => {
  expect(read({ SMTP_URL: 'smtp://relay.example.com', SMTP_TLS: 'none' }).unencryptedHosts).toEqual([
    'relay.example.com',
  ])
})

test('a server that offers no TLS is told nothing, not even who asks', async () => {
  const heard: Buffer[] = []
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes: Buffer) => {
      heard.push(bytes)
      socket.write('N')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  const url = `postgres://shop:word@127.0.0.1:${port}/shop?sslmode=verify-full`
  const options = ormOptions({ url, pool: 1, timeoutMs: 5_000 }, { entities: [], migrations: [] })
  const orm = await MikroORM.init({ ...options, discovery: { warnWhenNoEntities: false } })
  await expect(orm.em.fork().execute('select 1')).rejects.toThrow(/does not support SSL/)
  await orm.close()
  // 80877103: the request for TLS, and nothing else.
  expect(Buffer.concat(heard).toString('hex')).toMatch(/^(0000000804d2162f)+$/)
  server.close()
})
