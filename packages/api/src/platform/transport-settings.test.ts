import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const read = (env: Record<string, string>) =>
  readConfig({ NODE_ENV: 'test', DATABASE_URL: 'postgres://localhost/shop', SECRET: 'a'.repeat(32), ...env }).transport

test('without a word, events travel by PostgreSQL, whatever addresses are given', () => {
  expect(read({ REDIS_URL: 'redis://localhost', KAFKA_BROKERS: 'localhost:9092' })).toEqual({ kind: 'postgres' })
})

test('Kafka is told where it is, whom to trust and who calls', () => {
  const kafka = {
    TRANSPORT: 'kafka',
    KAFKA_BROKERS: 'one:9092, two:9092',
    TRANSPORT_PREFIX: 'shop-2',
    UNENCRYPTED_HOSTS: 'one,two',
  }
  expect(read(kafka)).toMatchObject({ brokers: ['one:9092', 'two:9092'], prefix: 'shop-2', tls: undefined })
  expect(read({ ...kafka, KAFKA_TLS_CA: 'ca.pem', KAFKA_USERNAME: 'shop', KAFKA_PASSWORD: 'secret' })).toMatchObject({
    tls: { caFile: 'ca.pem' },
    sasl: { mechanism: 'SCRAM-SHA-512', username: 'shop', password: 'secret' },
  })
})

test.each([
  ['REDIS_URL', { TRANSPORT: 'redis' }],
  ['REDIS_URL', { TRANSPORT: 'redis', REDIS_URL: 'http://localhost' }],
  ['KAFKA_BROKERS', { TRANSPORT: 'kafka' }],
  ['KAFKA_BROKERS', { TRANSPORT: 'kafka', KAFKA_BROKERS: 'localhost' }],
  ['KAFKA_PASSWORD', { TRANSPORT: 'kafka', KAFKA_BROKERS: 'a:1', KAFKA_USERNAME: 'shop' }],
  ['KAFKA_TLS_KEY', { TRANSPORT: 'kafka', KAFKA_BROKERS: 'a:1', KAFKA_TLS_CERT: 'cert.pem' }],
  // A password would cross the network as it is.
  [
    'KAFKA_SASL',
    { TRANSPORT: 'kafka', KAFKA_BROKERS: 'a:1', KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p', KAFKA_SASL: 'plain' },
  ],
])('%s is asked for by name when it is missing or does not fit', (name, env: Record<string, string>) => {
  expect(() => read(env)).toThrow(name)
})
