import { expect, test } from 'vitest'
import { decimalsOf } from '../../money.ts'
import { stripeAmount } from './amounts.ts'

test.each([
  [{ amount: 10_99, currency: 'USD' }, 10_99],
  [{ amount: 500, currency: 'JPY' }, 500],
  [{ amount: 5_120, currency: 'KWD' }, 5_120],
  [{ amount: 5_124, currency: 'KWD' }, undefined],
  [{ amount: 5, currency: 'ISK' }, 5_00],
  [{ amount: 5, currency: 'UGX' }, 5_00],
  [{ amount: 0, currency: 'EUR' }, 0],
])('%j is %s at Stripe', (money, amount) => {
  expect(stripeAmount(money)).toBe(amount)
})

test('one forint is a hundred of what Stripe counts', () => {
  expect(stripeAmount({ amount: 10 ** decimalsOf('HUF'), currency: 'HUF' })).toBe(1_00)
})

test('an amount too large to be exact is not charged', () => {
  expect(stripeAmount({ amount: Number.MAX_SAFE_INTEGER, currency: 'ISK' })).toBeUndefined()
})
