import { type RawBuilder, sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import type { UserId } from '../user/index.ts'

/** Whose a cart is: a customer's, or that of whoever holds a guest token. */
export type Owner = { readonly customerId: UserId } | { readonly guest: string }

/** The shopper who calls; null for a visitor who has no cart yet, and for everybody who is no shopper. */
export function ownerOf({ actor }: Context): Owner | null {
  if (actor.kind === 'customer') return { customerId: actor.userId }
  if (actor.kind === 'guest' && actor.guest !== null) return { guest: actor.guest }
  return null
}

/** The condition that belongs into every statement on a shopper's cart: another's does not exist. */
export function belongsTo(owner: Owner | null): RawBuilder<boolean> {
  if (owner === null) return sql`false`
  return 'guest' in owner ? sql`cart.guest = ${owner.guest}` : sql`cart.customer_id = ${owner.customerId}`
}
