import { z } from 'zod'

/**
 * Money is an integer in minor units (cents, yen, fils) with its ISO 4217 currency. The currency is a type parameter, so
 * that adding two currencies does not compile where they are known, and throws where they are not.
 */
export interface Money<C extends string = string> {
  readonly amount: number
  readonly currency: C
}

/** The largest single price, in minor units: a full cart of the dearest things (250 lines of 999) stays a safe integer. */
export const MAX_AMOUNT = 9_999_999_999

/** An ISO 4217 code that this runtime's Unicode data knows. */
export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR')
  .refine((code) => knownCurrencies.has(code), 'is not a currency in use')
export type Currency = z.infer<typeof Currency>

/** Those of ISO 4217 with four decimals are units of account, in which nobody pays. */
const knownCurrencies = new Set(Intl.supportedValuesOf('currency').filter((code) => !/^(CLF|UYW)$/.test(code)))

/** An amount in minor units, from 0 to {@link MAX_AMOUNT}. */
export const Amount = z.int().min(0).max(MAX_AMOUNT)

/** A total in minor units: what many amounts add up to. */
export const Total = z.int().min(0)

/** The minor units of ISO 4217 that are not 2. The runtime knows those of Unicode, which drop coins out of use: 0 for HUF. */
const exponents: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
])

/** How many decimals a currency has: 0 (JPY), 2 (EUR) or 3 (KWD), after ISO 4217. */
export const decimalsOf = (currency: string): number => exponents.get(currency) ?? 2

/** An amount in minor units as people read it: `€12.30`. */
export function formatAmount(amount: number, currency: string): string {
  const digits = decimalsOf(currency)
  const format = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
  return new Intl.NumberFormat('en', format).format(amount / 10 ** digits)
}

export function add<C extends string>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> {
  if (a.currency !== b.currency) throw new RangeError(`cannot add ${b.currency} to ${a.currency}`)
  return { amount: exact(a.amount + b.amount), currency: a.currency }
}

/**
 * The one rounding rule: a part of an amount, `amount × numerator / denominator`, rounded half up in exact integer
 * arithmetic. Rates are therefore integers too (basis points, thousandths), never floating point.
 */
export function part(amount: number, numerator: number, denominator: number): number {
  const twice = 2n * BigInt(amount) * BigInt(numerator) + BigInt(denominator)
  return exact(Number(twice / (2n * BigInt(denominator))))
}

/**
 * Divides an amount over weights so that the parts add up to it exactly: each part is rounded down, and the units left
 * go one each to the largest remainders, earliest first (the largest remainder method).
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  if (total === 0n) return weights.map((_, index) => (index === 0 ? amount : 0))
  const shares = weights.map((weight, index) => {
    const product = BigInt(amount) * BigInt(weight)
    return { index, share: Number(product / total), rest: product % total }
  })
  let left = amount - shares.reduce((sum, { share }) => sum + share, 0)
  const byRest = [...shares].sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1))
  for (const entry of byRest) {
    if (left === 0) break
    entry.share += 1
    left -= 1
  }
  return shares.map(({ share }) => share)
}

function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError('amount out of range')
  return value
}
