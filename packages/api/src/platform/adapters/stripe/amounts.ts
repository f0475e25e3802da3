import { decimalsOf, type Money } from '../../money.ts'

/** How many decimals Stripe counts an amount in; two, where it is not said (https://docs.stripe.com/currencies). */
const decimals: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map(
      (currency) => [currency, 0],
    ),
  ),
  ...Object.fromEntries(['BHD', 'JOD', 'KWD', 'OMR', 'TND'].map((currency) => [currency, 3])),
}

/**
 * What an amount has to be a multiple of. Card networks carry two of three decimals; krónur and Ugandan shillings have no
 * fractions, though Stripe still counts them in hundredths.
 */
const steps: Readonly<Record<string, number>> = { BHD: 10, JOD: 10, KWD: 10, OMR: 10, TND: 10, ISK: 100, UGX: 100 }

/**
 * An amount as Stripe counts it, or undefined when a card cannot carry it exactly: 1.235 KWD, for one. The shop's minor
 * units are those of ISO 4217, Stripe's differ for a few: 5 ISK are 5 here and 500 there.
 */
export function stripeAmount({ amount, currency }: Money): number | undefined {
  const shift = (decimals[currency] ?? 2) - decimalsOf(currency)
  const scaled = shift >= 0 ? amount * 10 ** shift : amount / 10 ** -shift
  return Number.isSafeInteger(scaled) && scaled % (steps[currency] ?? 1) === 0 ? scaled : undefined
}
