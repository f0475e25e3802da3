import { expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const accountsWith = (env: Record<string, string> = {}) =>
  readConfig({ NODE_ENV: 'test', DATABASE_URL: 'postgres://localhost/shop', SECRET: 'a'.repeat(32), ...env }).accounts

test('with nothing said, passwords are long, hashes costly, nobody outside is asked and no answer gives people away', () => {
  expect(accountsWith()).toEqual({
    minPassword: 12,
    hash: { memoryKib: 65_536, passes: 3 },
    breachedPasswordsUrl: undefined,
    reveal: false,
    requireMfa: false,
  })
})

test.each([
  ['PASSWORD_MIN_LENGTH', '7'],
  ['PASSWORD_HASH_KIB', '19455'],
  ['PASSWORD_HASH_PASSES', '1'],
  ['BREACHED_PASSWORDS_URL', 'http://leaks.example.com'],
  ['BREACHED_PASSWORDS_URL', 'http://127.leaks.example.com'],
  ['BREACHED_PASSWORDS_URL', 'leaks.example.com'],
])('%s=%s is refused', (name, value) => {
  expect(() => accountsWith({ [name]: value })).toThrow(ConfigError)
  expect(() => accountsWith({ [name]: value })).toThrow(name)
})

test('the service for leaked passwords is asked over TLS, or on this machine', () => {
  for (const url of [
    'https://leaks.example.com',
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'http://[::1]:8080',
  ])
    expect(accountsWith({ BREACHED_PASSWORDS_URL: `${url}/` }).breachedPasswordsUrl).toBe(url)
})
