import { LockMode } from '@mikro-orm/core'
import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import { flush, given } from '../../platform/flush.ts'
import { publish } from '../../platform/outbox.ts'
import { securityEventAtCommit } from '../../platform/security-events.ts'
import { emailKey } from './email.ts'
import { User, type UserId } from './entity.ts'
import { emailTaken, lastAdmin, permissionsNeedStaff, userErased, userNotFound } from './errors.ts'
import { UserChanged } from './events.ts'
import { mayManage, visibleRoles } from './rules.ts'
import type { CreateUser, UpdateUser, UserRef, UserView } from './schema.ts'

/** Adds an account that has no password yet. Raises `email_taken`, `permissions_need_staff`. */
export async function create(ctx: Context, input: CreateUser): Promise<UserView> {
  checkPermissions(input)
  if (!mayManage(ctx.actor, null, input)) throw common.forbidden()
  const user = ctx.em.create(User, { ...input, emailKey: emailKey(input.email) })
  await flush(ctx, { user_email_key_unique: () => emailTaken() })
  return changed(ctx, user, 'created', null)
}

export async function update(ctx: Context, { id, ...fields }: UpdateUser): Promise<UserView> {
  const user = await load(ctx, id)
  const before = standing(user)
  const role = fields.role ?? user.role
  const kept = role === 'staff' ? user.permissions : []
  const after = { role, permissions: fields.permissions ?? kept }
  checkPermissions(after)
  if (!mayManage(ctx.actor, before, after)) throw common.forbidden()
  if (role !== 'admin') await keepAnAdmin(ctx, user)
  ctx.em.assign(user, { ...given({ name: fields.name }), ...after })
  // Sessions of customers and staff live differently long, and nobody carries one into another role.
  if (role !== before.role) user.epoch += 1
  const powers = ({ role, permissions }: typeof after) => JSON.stringify([role, [...permissions].sort()])
  if (powers(after) !== powers(before)) securityEventAtCommit(ctx, 'role_changed', { subject: id, reason: role })
  return changed(ctx, user, 'updated', before)
}

/** Ends every session at once; the account cannot sign in until enabled. */
export async function disable(ctx: Context, { id }: UserRef): Promise<UserView> {
  const user = await loadToManage(ctx, id)
  const before = standing(user)
  await keepAnAdmin(ctx, user)
  user.status = 'disabled'
  user.epoch += 1
  return changed(ctx, user, 'disabled', before)
}

export async function enable(ctx: Context, { id }: UserRef): Promise<UserView> {
  const user = await loadToManage(ctx, id)
  const before = standing(user)
  user.status = 'active'
  return changed(ctx, user, 'enabled', before)
}

export async function signOut(ctx: Context, { id }: UserRef): Promise<UserView> {
  const user = await loadToManage(ctx, id)
  user.epoch += 1
  return changed(ctx, user, 'signed_out', standing(user))
}

/** Takes the person out of the row, which stays for what it is named in. A second time changes nothing. */
export async function erase(ctx: Context, { id }: UserRef): Promise<UserView> {
  const user = await load(ctx, id, 'erased too')
  const before = standing(user)
  if (!mayManage(ctx.actor, before, before)) throw common.forbidden()
  await keepAnAdmin(ctx, user)
  ctx.em.assign(user, { email: null, emailKey: null, emailVerifiedAt: null, name: null, permissions: [] })
  user.status = 'erased'
  user.epoch += 1
  return changed(ctx, user, 'erased', before)
}

async function loadToManage(ctx: Context, id: UserId): Promise<User> {
  const user = await load(ctx, id)
  if (!mayManage(ctx.actor, user, user)) throw common.forbidden()
  return user
}

async function load(ctx: Context, id: UserId, which: 'not erased' | 'erased too' = 'not erased'): Promise<User> {
  await lockAdmins(ctx)
  const user = await ctx.em.findOne(
    User,
    { id, role: { $in: [...visibleRoles(ctx.actor)] } },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  )
  if (user === null) throw userNotFound()
  if (user.status === 'erased' && which === 'not erased') throw userErased()
  return user
}

/**
 * Two admins who take each other's role away at the same moment would each still see the other: so whoever might touch one
 * locks them all, in one order, before anything else.
 */
async function lockAdmins(ctx: Context): Promise<void> {
  if (!mayManage(ctx.actor, null, { role: 'admin', permissions: [] })) return
  await ctx.em.execute(`select id from "user" where role = 'admin' order by id for update`)
}

/** Call it before an active admin stops being one. */
async function keepAnAdmin(ctx: Context, user: User): Promise<void> {
  if (user.role !== 'admin' || user.status !== 'active') return
  const others = await ctx.em.count(User, { role: 'admin', status: 'active', id: { $ne: user.id } })
  if (others === 0) throw lastAdmin()
}

function checkPermissions(standing: { role: string; permissions: readonly string[] }): void {
  if (standing.role !== 'staff' && standing.permissions.length > 0) throw permissionsNeedStaff()
}

const standing = ({ role, permissions, status }: User) => ({ role, permissions, status })

async function changed(
  ctx: Context,
  user: User,
  change: 'created' | 'updated' | 'disabled' | 'enabled' | 'signed_out' | 'erased',
  before: ReturnType<typeof standing> | null,
): Promise<UserView> {
  await ctx.em.flush()
  audit(ctx, { subject: user.id, before, after: standing(user) })
  await publish(ctx, UserChanged, user.id, { userId: user.id, change })
  return view(user)
}

const view = (user: User): UserView => ({
  id: user.id,
  email: user.email ?? null,
  name: user.name ?? null,
  role: user.role,
  permissions: user.permissions,
  status: user.status,
  emailVerifiedAt: user.emailVerifiedAt ?? null,
  createdAt: user.createdAt,
})
