import { z } from 'zod'
import { permissions } from '../../platform/actor.ts'
import { pageInput } from '../../platform/pages.ts'
import { line } from '../../platform/text.ts'
import { Permissions, userId } from '../user/index.ts'
import { keyId } from './entity.ts'

export const KeyView = z.object({
  id: keyId.schema,
  name: z.string(),
  permissions: z.array(z.enum(permissions)),
  /** Whose power bounds the key; null for one made by the shop's own programs. */
  createdBy: userId.schema.nullable(),
  createdAt: z.date(),
  /** To the minute. */
  lastUsedAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
})
export type KeyView = z.infer<typeof KeyView>

export const CreateKey = z.strictObject({ name: line(200), permissions: Permissions })
export type CreateKey = z.infer<typeof CreateKey>

/** `token` is shown this once: the shop keeps only its hash. */
export const NewKey = KeyView.extend({ token: z.string() })
export type NewKey = z.infer<typeof NewKey>

export const KeyRef = z.strictObject({ id: keyId.schema })
export type KeyRef = z.infer<typeof KeyRef>

export const ListKeys = z.strictObject(pageInput)
export type ListKeys = z.infer<typeof ListKeys>
