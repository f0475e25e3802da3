import { defineEntity, p } from '@mikro-orm/core'
import type { Permission } from '../../platform/actor.ts'
import { createdAt, id } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'

export const userId = idOf('user')
export type UserId = ReturnType<typeof userId.new>

export const roles = ['customer', 'staff', 'admin'] as const
export type Role = (typeof roles)[number]

export const statuses = ['active', 'disabled', 'erased'] as const
export type Status = (typeof statuses)[number]

export const UserSchema = defineEntity({
  name: 'User',
  properties: {
    id: id(userId),
    /** Where mail goes, as its owner writes it. Null once erased. */
    email: p.string().length(254).nullable(),
    /** What two addresses are compared by: see `emailKey`. */
    emailKey: p.string().length(254).collation('C').unique('user_email_key_unique').nullable(),
    emailVerifiedAt: p.datetime(3).$type<Date>().nullable(),
    name: p.string().length(200).nullable(),
    role: p.enum(roles),
    /** What a member of staff may do; empty for customers, who may nothing, and admins, who may everything. */
    permissions: p.array<Permission>(),
    status: p.enum(statuses).default('active'),
    /** Goes up whenever every session has to end: a session of an earlier epoch is never accepted again. */
    epoch: p.integer().default(0),
    createdAt: createdAt(),
  },
  checks: [
    { name: 'user_email_pair', expression: '(email is null) = (email_key is null)' },
    { name: 'user_erased', expression: "(email is null) = (status = 'erased')" },
  ],
  indexes: [{ properties: ['role', 'id'] }],
})
export class User extends UserSchema.class {}
UserSchema.setClass(User)
