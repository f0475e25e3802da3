import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add, allocate, decimalsOf, MAX_AMOUNT, type Money, part } from './money.ts'

const euro: Money<'EUR'> = { amount: 150, currency: 'EUR' }
const yen: Money<'JPY'> = { amount: 150, currency: 'JPY' }

test('money of one currency adds up', () => {
  expect(add(euro, euro)).toEqual({ amount: 300, currency: 'EUR' })
})

test('two currencies do not add: it does not compile, and throws where the compiler cannot know', () => {
  // @ts-expect-error: a yen is not a euro
  expect(() => add(euro, yen)).toThrow(RangeError)
  const unknown: Money = yen
  expect(() => add<string>(euro, unknown)).toThrow('cannot add JPY to EUR')
})

test('a part is rounded half up', () => {
  expect([part(5, 1, 2), part(1, 1, 3), part(2, 1, 3), part(0, 1, 2)]).toEqual([3, 0, 1, 0])
})

test('a part is never further from the exact value than half a unit', () => {
  const rate = fc.integer({ min: 0, max: 10_000 })
  fc.assert(
    fc.property(fc.nat(MAX_AMOUNT), rate, (amount, basisPoints) => {
      const distance = 2n * (10_000n * BigInt(part(amount, basisPoints, 10_000)) - BigInt(amount) * BigInt(basisPoints))
      expect(distance > -10_000n && distance <= 10_000n).toBe(true)
    }),
  )
})

test('what is divided adds up to the whole, and no share is above its weight', () => {
  const weights = fc.array(fc.nat(MAX_AMOUNT), { minLength: 1, maxLength: 250 })
  fc.assert(
    fc.property(weights, fc.nat(10_000), (weights, share) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      const amount = part(total, share, 10_000)
      const shares = allocate(amount, weights)
      expect(shares.reduce((sum, one) => sum + one, 0)).toBe(amount)
      shares.forEach((one, index) => {
        expect(one).toBeGreaterThanOrEqual(0)
        expect(one).toBeLessThanOrEqual(weights[index] ?? 0)
      })
    }),
  )
})

test('currencies have the decimals of ISO 4217', () => {
  expect(['JPY', 'EUR', 'HUF', 'IDR', 'KWD', 'IQD'].map(decimalsOf)).toEqual([0, 2, 2, 2, 3, 3])
})
