import { expect, test } from 'vitest'
import { z } from 'zod'
import { observeSettings, readObserve } from './observe-settings.ts'

const Settings = z.object({ NODE_ENV: z.string(), LOG_LEVEL: z.string(), ...observeSettings }).transform(readObserve)
const read = (env: Record<string, string>) =>
  Settings.parse({ NODE_ENV: 'production', LOG_LEVEL: 'info', INTERNAL_PORT: '9464', ...env })
const token = 'a-token-for-operators-0123456789abcdef'

test('production wants a token where others reach the internal port', () => {
  expect(read({}).internal).toEqual({ host: '127.0.0.1', port: 9464, token: undefined })
  expect(read({ INTERNAL_HOST: '::1' }).internal?.token).toBeUndefined()
  for (const INTERNAL_HOST of ['0.0.0.0', '::', '127.example.com', '10.0.0.1'])
    expect(() => read({ INTERNAL_HOST })).toThrow(/INTERNAL_TOKEN(?:.|\n)*is needed/)
  expect(read({ INTERNAL_HOST: '0.0.0.0', INTERNAL_TOKEN: token }).internal?.token).toBe(token)
  expect(() => read({ INTERNAL_TOKEN: 'short' })).toThrow(/INTERNAL_TOKEN/)
})

test('production writes no debug lines unless somebody insists', () => {
  expect(() => read({ LOG_LEVEL: 'debug' })).toThrow(/LOG_LEVEL(?:.|\n)*ALLOW_DEBUG_LOGS/)
  expect(() => read({ LOG_LEVEL: 'debug', ALLOW_DEBUG_LOGS: 'true' })).not.toThrow()
  expect(() => read({ LOG_LEVEL: 'debug', NODE_ENV: 'development' })).not.toThrow()
})

test('production gives load balancers time before it stops, development does not wait', () => {
  expect(read({}).shutdownDelayMs).toBe(5_000)
  expect(read({ SHUTDOWN_DELAY_MS: '0' }).shutdownDelayMs).toBe(0)
  expect(read({ NODE_ENV: 'development' }).shutdownDelayMs).toBe(0)
})
