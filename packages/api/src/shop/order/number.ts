import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { violatedConstraint } from '../../platform/flush.ts'

/** No letter that looks or sounds like another sign (B I L O S U Z, 0 1), and no vowels, so that no words come about. */
const ALPHABET = '23456789CDFGHJKMNPQRTVWXY'

/** A number that people can read aloud: `K4M-7TX-92D`. One of 25⁹, drawn at random: it tells nothing about the shop. */
export function newOrderNumber(): string {
  const sign = () => ALPHABET.charAt(randomInt(ALPHABET.length))
  const group = () => sign() + sign() + sign()
  return `${group()}-${group()}-${group()}`
}

const MAX_DRAWS = 5

/** Runs work that inserts an order under a fresh number, again with another one if that is taken. */
export async function withFreshNumber<T>(
  work: (number: string) => Promise<T>,
  draw: () => string = newOrderNumber,
): Promise<T> {
  for (let draws = 1; ; draws++) {
    try {
      return await work(draw())
    } catch (error) {
      if (violatedConstraint(error) !== 'order_number_unique' || draws === MAX_DRAWS) throw error
    }
  }
}

/** An order's number as people type it: in any case, with or without hyphens. */
export const OrderNumber = z
  .string()
  .min(9)
  .max(20)
  .transform((text) => text.toUpperCase().replaceAll(/[\s-]/g, ''))
  .pipe(z.string().regex(new RegExp(`^[${ALPHABET}]{9}$`), 'is not an order number'))
  .transform((text) => text.replace(/^(...)(...)(...)$/, '$1-$2-$3'))
