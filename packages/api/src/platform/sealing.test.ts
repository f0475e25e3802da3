import { expect, test } from 'vitest'
import { seal, sealPrefix, unseal } from './sealing.ts'

const first = 'the-first-secret-0123456789abcdefghij'
const second = 'the-second-secret-0123456789abcdefgh'
const mine = { purpose: 'test', owner: 'row_1' }

test('what is sealed is read again, and never the same twice', () => {
  const sealed = [seal([first], mine, 'whsec_ä'), seal([first], mine, 'whsec_ä')]
  expect(new Set(sealed).size).toBe(2)
  for (const text of sealed) {
    expect(text).not.toContain('whsec')
    expect(unseal([first], mine, text)).toBe('whsec_ä')
  }
})

test('after the secret is rotated the old one still opens, and what it sealed is found by its beginning', () => {
  const sealed = seal([first], mine, 'x')
  expect(unseal([second, first], mine, sealed)).toBe('x')
  expect(unseal([second], mine, sealed)).toBeUndefined()
  expect(sealed.startsWith(sealPrefix([first], 'test'))).toBe(true)
  expect(sealed.startsWith(sealPrefix([second, first], 'test'))).toBe(false)
})

test('a sealed text opens for no other row, no other purpose, and not once it was changed', () => {
  const sealed = seal([first], mine, 'x')
  expect(unseal([first], { ...mine, owner: 'row_2' }, sealed)).toBeUndefined()
  expect(unseal([first], { ...mine, purpose: 'other' }, sealed)).toBeUndefined()
  const at = sealed.lastIndexOf('.') + 5
  const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`
  expect(unseal([first], mine, changed)).toBeUndefined()
  for (const text of ['', 'v1', sealPrefix([first], 'test'), sealed.slice(0, 20), sealed.replace('v1', 'v2')])
    expect(unseal([first], mine, text)).toBeUndefined()
})
