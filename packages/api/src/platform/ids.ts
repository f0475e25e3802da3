import { randomUUID } from 'node:crypto'
import { z } from 'zod'

/** An id that carries its type: a prefix, an underscore, and a UUIDv7 in 26 characters of Crockford base32 (TypeID 0.3). */
export type Id<Prefix extends string> = `${Prefix}_${string}`

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** RFC 9562 UUIDv7: 48 bits of Unix milliseconds, then random bits, so that new rows land at the end of an index. */
function uuidv7(): bigint {
  // Node draws these for many at once. Their first and last parts are random throughout, 80 bits together.
  const [first, , , , last] = randomUUID().split('-')
  const random = BigInt(`0x${first}${last}`)
  const time = BigInt(Date.now())
  const high = (random >> 62n) & 0xfffn
  const low = random & ((1n << 62n) - 1n)
  return (time << 80n) | (0x7n << 76n) | (high << 64n) | (0b10n << 62n) | low
}

function base32(value: bigint): string {
  let text = ''
  for (let shift = 125n; shift >= 0n; shift -= 5n) text += alphabet.charAt(Number((value >> shift) & 31n))
  return text
}

/**
 * A kind of id: `newId()` makes one, `schema` accepts only its own.
 *
 * @example const orderId = idOf('order'); orderId.new() // 'order_01k9…'
 */
export function idOf<const Prefix extends string>(prefix: Prefix) {
  return {
    prefix,
    new: (): Id<Prefix> => `${prefix}_${base32(uuidv7())}`,
    /** What no id made at `at` or later sorts before: narrows a search for old rows to the beginning of an index. */
    earliest: (at: Date): Id<Prefix> => `${prefix}_${base32(BigInt(at.getTime()) << 80n)}`,
    schema: z.templateLiteral([`${prefix}_`, z.string().regex(/[0-7][0-9a-hjkmnp-tv-z]{25}/)]),
  }
}

/** When an id was made, by the clock of the process that made it. Raises a `RangeError` for what is no id. */
export function madeAt(id: string): Date {
  // The first 50 of 130 bits: two of padding, then the milliseconds.
  const time = id.match(/_([0-7][0-9a-hjkmnp-tv-z]{9})[0-9a-hjkmnp-tv-z]{16}$/)?.[1]
  if (time === undefined) throw new RangeError('not an id')
  return new Date([...time].reduce((ms, digit) => ms * 32 + alphabet.indexOf(digit), 0))
}

/** Names one request in logs, audit rows and error answers. */
export const newRequestId = (): string => base32(uuidv7())
