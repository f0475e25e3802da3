import { z } from 'zod'
import { defineEvent } from '../../platform/event-contract.ts'
import { userId } from './entity.ts'

export const UserChanged = defineEvent(
  'user.changed',
  1,
  z.object({
    userId: userId.schema,
    change: z.enum(['created', 'updated', 'disabled', 'enabled', 'signed_out', 'erased']),
  }),
)
