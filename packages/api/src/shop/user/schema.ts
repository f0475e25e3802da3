import { z } from 'zod'
import { permissions } from '../../platform/actor.ts'
import { pageInput } from '../../platform/pages.ts'
import { line, text } from '../../platform/text.ts'
import { Email } from './email.ts'
import { roles, statuses, userId } from './entity.ts'

export const PersonName = line(200)
export const Permissions = z
  .array(z.enum(permissions))
  .max(permissions.length)
  .transform((list) => [...new Set(list)])

export const UserView = z.object({
  id: userId.schema,
  /** Null once erased. */
  email: z.string().nullable(),
  name: z.string().nullable(),
  role: z.enum(roles),
  permissions: z.array(z.enum(permissions)),
  status: z.enum(statuses),
  emailVerifiedAt: z.date().nullable(),
  createdAt: z.date(),
})
export type UserView = z.infer<typeof UserView>

export const UserRef = z.strictObject({ id: userId.schema })
export type UserRef = z.infer<typeof UserRef>

export const ListUsers = z.strictObject({
  ...pageInput,
  role: z.enum(roles).optional(),
  status: z.enum(statuses).optional(),
  /** A part of the e-mail address or the name. */
  text: text(254).optional(),
})
export type ListUsers = z.infer<typeof ListUsers>

export const CreateUser = z.strictObject({
  email: Email,
  name: PersonName.nullable().default(null),
  role: z.enum(roles),
  permissions: Permissions.default([]),
})
export type CreateUser = z.infer<typeof CreateUser>

/** What is left out stays. */
export const UpdateUser = z.strictObject({
  id: userId.schema,
  name: PersonName.nullable().optional(),
  role: z.enum(roles).optional(),
  permissions: Permissions.optional(),
})
export type UpdateUser = z.infer<typeof UpdateUser>
