import { expect, test } from 'vitest'
import { newRecoveryCodes, newTotpSecret, totpStep, totpUri } from './totp.ts'

// RFC 6238, appendix B, in six digits.
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at second %i the code is the one of the standard', (seconds, code) => {
  expect(totpStep(secret, code, seconds * 1000)).toBe(Math.floor(seconds / 30))
})

test('a code counts one step before and after its own, and is known by its own step', () => {
  const step = Math.floor(1_111_111_109 / 30)
  const at = (offset: number) => totpStep(secret, '081804', (step + offset) * 30_000)
  expect([-2, -1, 0, 1, 2].map(at)).toEqual([null, step, step, step, null])
})

test('an app is told the secret, the shop and the account', () => {
  const uri = new URL(totpUri(secret, { issuer: 'Lamps & Co', label: 'ada@example.com' }))
  expect(uri.protocol).toBe('otpauth:')
  expect(uri.searchParams.get('issuer')).toBe('Lamps & Co')
  expect(uri.searchParams.get('secret')).toBe(secret)
  expect(decodeURIComponent(uri.pathname)).toContain('ada@example.com')
})

test('secrets have 160 random bits, and recovery codes are ten different ones', () => {
  expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/)
  expect(newTotpSecret()).not.toBe(newTotpSecret())
  const codes = newRecoveryCodes()
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/)
})
