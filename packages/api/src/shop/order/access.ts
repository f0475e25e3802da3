import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type FilterQuery, LockMode } from '@mikro-orm/core'
import type { Permission } from '../../platform/actor.ts'
import type { Config } from '../../platform/config.ts'
import type { Context } from '../../platform/context.ts'
import type { UserId } from '../user/index.ts'
import { Order, type OrderId } from './entity.ts'
import { orderNotFound } from './errors.ts'

/** Which orders a caller may touch: all, none, or those that are theirs. */
export type Scope = 'all' | 'none' | { readonly customerId: UserId | null; readonly guest: string | null }

/** Staff and programs need the permission; a shopper has their own, made as a guest in this browser or signed in. */
export function scopeOf({ actor }: Context, permission: Permission): Scope {
  switch (actor.kind) {
    case 'system':
      return 'all'
    case 'staff':
      return actor.admin || actor.permissions.includes(permission) ? 'all' : 'none'
    case 'key':
      return actor.permissions.includes(permission) ? 'all' : 'none'
    case 'customer':
      return { customerId: actor.userId, guest: actor.guest }
    case 'guest':
      return actor.guest === null ? 'none' : { customerId: null, guest: actor.guest }
  }
}

export interface OrderRef {
  readonly orderId: OrderId
  /** From the confirmation: lets whoever holds it act as the buyer of this one order. */
  readonly guestToken?: string | undefined
}

/** The scope of a call about one order: the token opens that order to anybody. */
export const scopeFor = (ctx: Context, ref: OrderRef, permission: Permission): Scope =>
  ref.guestToken !== undefined && isGuestToken(ctx.config, ref.orderId, ref.guestToken)
    ? 'all'
    : scopeOf(ctx, permission)

/** Finds an order and locks it: every change of an order begins here. Raises `order_not_found`. */
export async function lockOwn(ctx: Context, ref: OrderRef, permission: Permission): Promise<Order> {
  const scope = scopeFor(ctx, ref, permission)
  if (scope === 'none') throw orderNotFound()
  const order = await ctx.em.findOne(Order, whereOf(ref.orderId, scope), {
    lockMode: LockMode.PESSIMISTIC_WRITE,
    refresh: true,
  })
  if (order === null) throw orderNotFound()
  return order
}

function whereOf(id: OrderId, scope: Exclude<Scope, 'none'>): FilterQuery<Order> {
  if (scope === 'all') return { id }
  const { customerId, guest } = scope
  const owners = [
    ...(customerId === null ? [] : [{ customerId }]),
    ...(guest === null ? [] : [{ guest, customerId: null }]),
  ]
  return { id, $or: owners }
}

const tokenOf = (secret: string, id: OrderId): string =>
  createHmac('sha256', secret).update(`guest token of ${id}`).digest('base64url')

/** What a confirmation carries so that its reader can see the order. Derived, not stored. */
export function guestTokenOf(config: Config, id: OrderId): string {
  const [secret = ''] = config.secrets
  return tokenOf(secret, id)
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const isGuestToken = (config: Config, id: OrderId, token: string): boolean =>
  config.secrets.some((secret) => timingSafeEqual(digest(tokenOf(secret, id)), digest(token)))
