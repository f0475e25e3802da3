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
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency })
  const { maximumFractionDigits: decimals = 2 } = format.resolvedOptions()
  const digits = String(Math.abs(money.amount)).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const decimal = `${money.amount < 0 ? '-' : ''}${whole}.${digits.slice(whole.length) || '0'}`
  // As text, since 19.99 is not a number that floating point has; the check is the type's own.
  return format.format(decimal as `${number}`)
}
