import { type Actor, type Permission, permits } from '../../platform/actor.ts'
import { type Role, roles } from './entity.ts'

/** What somebody is allowed in the shop. */
export interface Standing {
  readonly role: Role
  readonly permissions: readonly Permission[]
}

const isBoundless = (actor: Actor): boolean => actor.kind === 'system' || (actor.kind === 'staff' && actor.admin)

/** Whose accounts an actor may know of: customers with `customers:…`, staff and admins with `staff:…`. */
export function visibleRoles(actor: Actor): readonly Role[] {
  const may = (access: Permission) => permits(access, actor) === 'allowed'
  const customers = may('customers:read') || may('customers:write')
  const staff = may('staff:read') || may('staff:write')
  return roles.filter((role) => (role === 'customer' ? customers : staff))
}

/**
 * Whether an actor may turn one standing into another (the same one to change anything else of the account; null before
 * it exists). Only admins touch admins, and nobody gives away a permission they do not have.
 */
export function mayManage(actor: Actor, before: Standing | null, after: Standing): boolean {
  if (isBoundless(actor)) return true
  for (const { role } of [before ?? after, after]) {
    if (role === 'admin') return false
    if (permits(role === 'staff' ? 'staff:write' : 'customers:write', actor) !== 'allowed') return false
  }
  return mayGrant(
    actor,
    after.permissions.filter((permission) => !before?.permissions.includes(permission)),
  )
}

/** Whether an actor has every one of these permissions to give. */
export const mayGrant = (actor: Actor, granted: readonly Permission[]): boolean =>
  granted.every((permission) => permits(permission, actor) === 'allowed')
