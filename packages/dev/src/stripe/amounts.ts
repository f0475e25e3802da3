import { wrongParameter } from './api-error.ts'
import { type Form, numberOf, textOf } from './form.ts'

/** The currency of a request. Raises an `ApiError`. */
export function currencyOf(form: Form): string {
  const currency = textOf(form, 'currency') ?? ''
  if (/^[a-z]{3}$/.test(currency)) return currency
  throw wrongParameter('currency', `Invalid currency: ${currency}.`)
}

/** The amount of a request, in its currency's units at Stripe. Raises an `ApiError`. */
export function amountOf(form: Form, currency: string): number {
  const amount = numberOf(form, 'amount')
  if (amount === undefined || !Number.isSafeInteger(amount) || amount < 0) {
    throw wrongParameter('amount', 'Invalid non-negative integer', 'parameter_invalid_integer')
  }
  if (amount < 50) throw wrongParameter('amount', 'Amount must be at least 50.', 'amount_too_small')
  if (amount > 999_999_999_999) throw wrongParameter('amount', 'Amount is too large.', 'amount_too_large')
  checkStep(amount, currency)
  return amount
}

const threeDecimals = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd'])

/** Refuses amounts that a card cannot carry. */
export function checkStep(amount: number, currency: string): void {
  if (threeDecimals.has(currency) && amount % 10 !== 0) {
    throw wrongParameter('amount', `Invalid amount: ${currency} amounts must be a multiple of 10.`)
  }
  if ((currency === 'isk' || currency === 'ugx') && amount % 100 !== 0) {
    const message = `Invalid amount. Currency ${currency.toUpperCase()} has become effectively zero-decimal and charged amounts must be evenly divisible by 100.`
    throw wrongParameter('amount', message, 'invalid_charge_amount_no_decimal_compatible')
  }
}
