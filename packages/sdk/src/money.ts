/** The minor units of ISO 4217 that are not 2, as the shop counts them; browsers know Unicode's, which differ: 0 for HUF. */
const exponents: Readonly<Record<string, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
}
const decimalsOf = (currency: string): number =>
  Number(Object.keys(exponents).find((digits) => exponents[digits]?.includes(currency)) ?? 2)

/**
 * Writes an amount for people. The amount is in minor units, as everywhere in the shop: 1999 EUR is 19.99, 1999 JPY is
 * 1999, 1999 KWD is 1.999. Without a locale, in that of the machine.
 *
 * @example
 * ```ts
 * import { formatMoney } from '@barrow/sdk'
 *
 * formatMoney({ amount: 1999, currency: 'EUR' }, 'de-DE') // '19,99 €'
 * ```
 */
export function formatMoney(money: { amount: number; currency: string }, locale?: string): string {
  const decimals = decimalsOf(money.currency)
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
  const digits = String(Math.abs(money.amount)).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const decimal = `${money.amount < 0 ? '-' : ''}${whole}.${digits.slice(whole.length) || '0'}`
  // As text, since 19.99 is not a number that floating point has; the check is the type's own.
  return format.format(decimal as `${number}`)
}
