import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDecimal, parseDecimal } from './decimal.ts'

describe('an amount of money', () => {
  it('reads back as what was written, to the last minor unit', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 4 }), (amount, decimals) => {
        expect(parseDecimal(formatDecimal(amount, decimals), decimals)).toBe(amount)
      }),
    )
  })

  it('is a safe integer or nothing, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[-+]?\d{0,20}[.,]?\d{0,5}$/)),
        fc.integer({ min: 0, max: 4 }),
        (text, decimals) => {
          const amount = parseDecimal(text, decimals)
          expect(amount === undefined || (Number.isSafeInteger(amount) && amount >= 0)).toBe(true)
        },
      ),
    )
  })

  it.each(['', ' 1', '1 ', '.5', '5.', '+1', '-1', '1_000', '0x10', '1e2', 'NaN', 'Infinity', '١٢'])(
    'is not read from "%s"',
    (text) => {
      expect(parseDecimal(text, 2)).toBeUndefined()
    },
  )
})
