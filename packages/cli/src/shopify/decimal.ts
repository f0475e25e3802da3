/**
 * Reads a plain decimal number ("12", "12.5", "12.50") as an integer count of its smallest unit, exactly: no step goes
 * through floating point. `decimals` is how many digits the unit has after the point (2 for EUR, 0 for JPY, 3 for KWD).
 *
 * Undefined for anything else: signs, currency symbols, thousands separators, exponents, more digits after the point
 * than `decimals`, and amounts above Number.MAX_SAFE_INTEGER.
 */
export function parseDecimal(text: string, decimals: number): number | undefined {
  const match = /^(\d{1,18})(?:\.(\d{1,18}))?$/.exec(text)
  if (!match) return undefined

  const [, whole = '', fraction = ''] = match
  if (fraction.length > decimals) return undefined

  const amount = BigInt(whole + fraction.padEnd(decimals, '0'))
  return amount <= Number.MAX_SAFE_INTEGER ? Number(amount) : undefined
}

/** The other way: 1250 with 2 decimals is "12.50". `amount` is a non-negative integer of the smallest unit. */
export function formatDecimal(amount: number, decimals: number): string {
  const digits = String(amount).padStart(decimals + 1, '0')
  if (decimals === 0) return digits
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
