import { decimalsOf } from '@barrow/api/runtime'
import { expect, test } from 'vitest'
import { formatMoney } from './money.ts'

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

test('amounts are written in the decimals of their currency', () => {
  expect(plain(formatMoney({ amount: 1999, currency: 'EUR' }, 'de-DE'))).toBe('19,99 €')
  expect(formatMoney({ amount: 1999, currency: 'USD' }, 'en-US')).toBe('$19.99')
  expect(formatMoney({ amount: 1999, currency: 'JPY' }, 'en-US')).toBe('¥1,999')
  expect(plain(formatMoney({ amount: 1999, currency: 'KWD' }, 'en-US'))).toBe('KWD 1.999')
})

test('small, empty and negative amounts keep their zeros and their sign', () => {
  expect(formatMoney({ amount: 5, currency: 'EUR' }, 'en-IE')).toBe('€0.05')
  expect(formatMoney({ amount: 0, currency: 'EUR' }, 'en-IE')).toBe('€0.00')
  expect(formatMoney({ amount: 0, currency: 'JPY' }, 'en-US')).toBe('¥0')
  expect(formatMoney({ amount: -5, currency: 'EUR' }, 'en-IE')).toBe('-€0.05')
  expect(plain(formatMoney({ amount: 7, currency: 'KWD' }, 'en-US'))).toBe('KWD 0.007')
})

test('the largest amounts are exact, which floating point would not be', () => {
  expect(formatMoney({ amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' }, 'en-IE')).toBe('€90,071,992,547,409.91')
})

test('every currency has the decimals here that the shop counts it in', () => {
  for (const currency of Intl.supportedValuesOf('currency')) {
    const text = formatMoney({ amount: 10 ** decimalsOf(currency), currency }, 'en-US')
    expect(text.match(/[\d.]*$/)?.[0].replace(/^\./, ''), currency).toBe((1).toFixed(decimalsOf(currency)))
  }
})
