import { z } from 'zod'

/** Text of people: no NUL, which PostgreSQL refuses, no lone surrogates, which UTF-8 cannot hold; bounded. Kept as it is typed, spaces included. */
export const text = (max: number, min = 1) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'holds characters that cannot be stored')
    .refine((value) => min === 0 || value === '' || value.trim() !== '', 'must not be blank')

/** One line of it: for names, titles and whatever may end in a mail's header. */
export const line = (max: number, min = 1) =>
  text(max, min).refine((value) => !/[\r\n\u2028\u2029]/.test(value), 'must be one line')

/** The part of a URL that names a thing: lower case letters and digits of any script, and single hyphens between. */
export const slug = z
  .string()
  .min(1)
  .max(255)
  .regex(
    /^[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}]+(?:-[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}]+)*$/u,
    'must be lower case words joined by hyphens',
  )
