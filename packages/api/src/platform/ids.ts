import { randomFillSync } from 'node:crypto'
import { z } from 'zod'

/** An id that carries its type: a prefix, an underscore, and a UUIDv7 in 26 characters of Crockford base32 (TypeID 0.3). */
export type Id<Prefix extends string> = `${Prefix}_${string}`

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Five characters of 25 bits. */
const five = (bits: number): string =>
  alphabet.charAt((bits >>> 20) & 31) +
  alphabet.charAt((bits >>> 15) & 31) +
  alphabet.charAt((bits >>> 10) & 31) +
  alphabet.charAt((bits >>> 5) & 31) +
  alphabet.charAt(bits & 31)

/** The first ten characters: 48 bits of Unix milliseconds, so that new rows land at the end of an index. */
const timeOf = (ms: number): string => five(Math.floor(ms / 2 ** 25)) + five(ms % 2 ** 25)

/** RFC 9562 UUIDv7 in base32: the time, then 74 random bits around version and variant. In parts that fit a small integer. */
function uuidv7(): string {
  const [first, second, third] = [random(), random(), random()]
  const versioned = (0x7 << 21) | ((first >>> 20) << 9) | (0b10 << 7) | (second >>> 25)
  return timeOf(Date.now()) + five(versioned) + five(second) + five(third) + alphabet.charAt(first & 31)
}

/** Drawn for many ids at once: to ask the system for each would take longer than the rest of it. */
const drawn = new Uint32Array(768)
let left = 0

/** 32 random bits, each given once. */
function random(): number {
  if (left === 0) {
    randomFillSync(drawn)
    left = drawn.length
  }
  left -= 1
  return drawn[left] ?? 0
}

/**
 * A kind of id: `newId()` makes one, `schema` accepts only its own.
 *
 * @example const orderId = idOf('order'); orderId.new() // 'order_01k9…'
 */
export function idOf<const Prefix extends string>(prefix: Prefix) {
  return {
    prefix,
    new: (): Id<Prefix> => `${prefix}_${uuidv7()}`,
    /** What no id made at `at` or later sorts before: narrows a search for old rows to the beginning of an index. */
    earliest: (at: Date): Id<Prefix> => `${prefix}_${timeOf(at.getTime())}${'0'.repeat(16)}`,
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
export const newRequestId = uuidv7
