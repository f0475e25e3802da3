import { z } from 'zod'
import { conflict, notFound } from '../../platform/errors.ts'

export const addressNotFound = notFound('address_not_found', 'There is no such address.')
export const tooManyAddresses = conflict(
  'too_many_addresses',
  'An account keeps only so many addresses: delete one first.',
  z.object({ maximum: z.int() }),
)
