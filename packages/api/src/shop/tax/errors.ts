import { z } from 'zod'
import { conflict, notFound } from '../../platform/errors.ts'

export const taxRateNotFound = notFound('tax_rate_not_found', 'There is no such tax rate.')
export const countryTaken = conflict(
  'country_taken',
  'This country has a tax rate already.',
  z.object({ countryCode: z.string() }),
)
