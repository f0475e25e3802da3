import { type RawBuilder, sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import type { Given } from '../../platform/statement.ts'
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

/** The same for a statement that has one form for each kind of owner, {@link kindOf}. */
export function ownedBy<Values>(
  given: Given<Values>,
  kind: ReturnType<typeof kindOf>,
  read: (values: Values) => Owner | null,
): RawBuilder<boolean> {
  if (kind === 'nobody') return sql`false`
  const who = given((values) => {
    const owner = read(values)
    return owner && ('guest' in owner ? owner.guest : owner.customerId)
  })
  return kind === 'guest' ? sql`cart.guest = ${who}` : sql`cart.customer_id = ${who}`
}

export const kindOf = (owner: Owner | null) => (owner === null ? 'nobody' : 'guest' in owner ? 'guest' : 'customer')
